//! Secrets in scripts: a script can join them into other secrets and compare them, and learns nothing else.

use rhai::{Dynamic, Engine, ImmutableString};

use super::state;
use crate::event::secret::HIDDEN;
use crate::event::{Value, into_nfc};

/// A secret in a script. What the engine cannot do with it is a failure of the script.
#[derive(Clone)]
pub(super) struct SecretValue(Value<'static>);

impl SecretValue {
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
    engine.register_type_with_name::<SecretValue>("secret");
    engine.register_fn("+", |a: SecretValue, b: ImmutableString| SecretValue::joined(&a.text(), &b));
    engine.register_fn("+", |a: ImmutableString, b: SecretValue| SecretValue::joined(&a, &b.text()));
    engine.register_fn("+", |a: SecretValue, b: SecretValue| SecretValue::joined(&a.text(), &b.text()));
    engine.register_fn("==", |a: SecretValue, b: SecretValue| a.0.view().same(b.0.view()));
    engine.register_fn("!=", |a: SecretValue, b: SecretValue| !a.0.view().same(b.0.view()));
    engine.register_fn("==", |a: SecretValue, b: ImmutableString| *a.text() == *b);
    engine.register_fn("==", |a: ImmutableString, b: SecretValue| *a == *b.text());
    engine.register_fn("!=", |a: SecretValue, b: ImmutableString| *a.text() != *b);
    engine.register_fn("!=", |a: ImmutableString, b: SecretValue| *a != *b.text());
    engine.register_fn("len", |a: &mut SecretValue| i64::try_from(a.text().chars().count()).unwrap_or(i64::MAX));
    engine.register_fn("is_empty", |a: &mut SecretValue| a.0.view().is_empty());
    for name in ["to_string", "to_debug", "print", "debug"] {
        engine.register_fn(name, |_: &mut SecretValue| -> ImmutableString {
            // Where there is no state nothing of the script is kept either.
            let _ = state::with(|state| state.shows_secret = true);
            HIDDEN.into()
        });
    }
    // A part of a secret, such as the answer of a security question, is one.
    engine.register_indexer_get(|a: &mut SecretValue, name: &str| match a.0.view().field(name) {
        Some(part) => Dynamic::from(SecretValue::of(part.to_value())),
        None => Dynamic::UNIT,
    });
}
