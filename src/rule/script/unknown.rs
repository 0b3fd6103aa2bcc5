//! Unreadable dates in scripts: absent while a script only asks whether they are there.
//!
//! Compared with anything else nobody knows the answer, and the run counts for nothing.

use rhai::{Dynamic, Engine, EvalAltResult, FLOAT, INT, ImmutableString, Variant};

use super::state;

/// Makes the comparisons known to an engine; they count only where the engine asks its functions before its own operators.
pub(super) fn register(engine: &mut Engine) {
    engine.set_fast_operators(false);
    beside::<INT>(engine);
    beside::<FLOAT>(engine);
    beside::<ImmutableString>(engine);
    beside::<bool>(engine);
}

/// Comparisons of what is absent with a value of one kind.
fn beside<T: Variant + Clone>(engine: &mut Engine) {
    for (operator, answer) in [("==", false), ("!=", true), ("<", false), ("<=", false), (">", false), (">=", false)] {
        engine.register_fn(operator, move |(): (), _: T| compared(answer));
        engine.register_fn(operator, move |_: T, (): ()| compared(answer));
    }
}

/// The answer for what is merely absent.
fn compared(answer: bool) -> Result<Dynamic, Box<EvalAltResult>> {
    state::with(|state| state.compares_unreadable |= state.unreadable.is_some())?;
    Ok(answer.into())
}
