//! `+` of a text and a number: joined, unless the text is a number itself, which is a mistake.

use rhai::{Engine, EvalAltResult, FLOAT, INT, ImmutableString};

use super::state;
use crate::event::number;

type Sum = Result<ImmutableString, Box<EvalAltResult>>;

/// Makes the sums known to an engine.
pub(super) fn register(engine: &mut Engine) {
    engine.register_fn("+", |text: ImmutableString, number: INT| behind(&text, &number.to_string()));
    engine.register_fn("+", |number: INT, text: ImmutableString| before(&number.to_string(), &text));
    engine.register_fn("+", |text: ImmutableString, number: FLOAT| behind(&text, &number.to_string()));
    engine.register_fn("+", |number: FLOAT, text: ImmutableString| before(&number.to_string(), &text));
    engine.register_fn("+=", |text: &mut ImmutableString, number: INT| {
        behind(text, &number.to_string()).map(|sum| *text = sum)
    });
    engine.register_fn("+=", |text: &mut ImmutableString, number: FLOAT| {
        behind(text, &number.to_string()).map(|sum| *text = sum)
    });
}

fn behind(text: &str, number: &str) -> Sum {
    plain(text).map(|()| format!("{text}{number}").into())
}

fn before(number: &str, text: &str) -> Sum {
    plain(text).map(|()| format!("{number}{text}").into())
}

/// An error where the text is a number: `"5" + 1` is neither 6 nor `51`.
fn plain(text: &str) -> Result<(), Box<EvalAltResult>> {
    match number::is_written(text.trim()) {
        false => Ok(()),
        true => {
            let message = "a number is added to a text that is a number; write `number(x)` to count, or put both into \
                           one text: `x + y.to_string()`";
            Err(state::tell(message.to_owned()))
        }
    }
}
