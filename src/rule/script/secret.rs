//! Secrets in scripts: a script can join them into other secrets and compare them, and learns nothing else.

use rhai::{Dynamic, Engine, ImmutableString};

use super::state;
use crate::event::secret::HIDDEN;
use crate::event::{Value, into_nfc};

/// A secret in a script. What the engine cannot do with it is a failure of the script.
#[derive(Clone)]
pub(super) struct Veiled(Value<'static>);

impl Veiled {
    /// A value as a secret.
    pub(super) fn of(value: Value<'_>) -> Self {
        Self(value.into_secret())
    }

    /// The secret, for where the script hands it.
    pub(super) fn value(&self) -> Value<'static> {
        self.0.clone()
    }

    fn text(&self) -> String {
        into_nfc(self.0.exposed().view().as_text()).into_owned()
    }

    fn joined(first: &str, second: &str) -> Self {
        Self::of(Value::text(format!("{first}{second}")))
    }
}

/// Makes secrets known to an engine: joined with text they are secrets again, and they may be compared.
pub(super) fn register(engine: &mut Engine) {
    engine.register_type_with_name::<Veiled>("secret");
    engine.register_fn("+", |a: Veiled, b: ImmutableString| Veiled::joined(&a.text(), &b));
    engine.register_fn("+", |a: ImmutableString, b: Veiled| Veiled::joined(&a, &b.text()));
    engine.register_fn("+", |a: Veiled, b: Veiled| Veiled::joined(&a.text(), &b.text()));
    engine.register_fn("==", |a: Veiled, b: Veiled| a.0.view().same(b.0.view()));
    engine.register_fn("!=", |a: Veiled, b: Veiled| !a.0.view().same(b.0.view()));
    engine.register_fn("==", |a: Veiled, b: ImmutableString| *a.text() == *b);
    engine.register_fn("==", |a: ImmutableString, b: Veiled| *a == *b.text());
    engine.register_fn("!=", |a: Veiled, b: ImmutableString| *a.text() != *b);
    engine.register_fn("!=", |a: ImmutableString, b: Veiled| *a != *b.text());
    engine.register_fn("len", |a: &mut Veiled| i64::try_from(a.text().chars().count()).unwrap_or(i64::MAX));
    engine.register_fn("is_empty", |a: &mut Veiled| a.0.view().is_empty());
    for name in ["to_string", "to_debug", "print", "debug"] {
        engine.register_fn(name, |_: &mut Veiled| -> ImmutableString {
            // Where there is no state nothing of the script is kept either.
            let _ = state::with(|state| state.shows_secret = true);
            HIDDEN.into()
        });
    }
    // A part of a secret, such as the answer of a security question, is one.
    engine.register_indexer_get(|a: &mut Veiled, name: &str| match a.0.view().field(name) {
        Some(part) => Dynamic::from(Veiled::of(part.to_value())),
        None => Dynamic::UNIT,
    });
}
