//! The verbs a script calls, collected in their order and carried out by the engine.

use rhai::{Dynamic, Engine, EvalAltResult, ImmutableString};

use super::convert::from_script;
use super::limit::SCRIPT_LIMIT_VERBS;
use super::state;
use crate::event::{Path, Value};

/// One verb with its values.
#[derive(Clone, Debug)]
pub enum Verb {
    Reject {
        code: String,
        attribute: Option<String>,
    },
    Set {
        path: Path,
        value: Value<'static>,
    },
    /// Only where absent or empty.
    Default {
        path: Path,
        value: Value<'static>,
    },
    Remove {
        path: Path,
    },
    Add {
        path: Path,
        value: Value<'static>,
    },
    MappedValue(Value<'static>),
    Deprovision(bool),
    Stop,
}

/// The functions that are verbs, each with the verb's name in a rule, and how many values each takes.
pub const VERB_FUNCTIONS: [(&str, &str, usize, usize); 9] = [
    ("reject", "reject", 1, 2),
    ("set", "set", 2, 2),
    ("set_default", "default", 2, 2),
    ("default", "default", 2, 2),
    ("remove", "remove", 1, 1),
    ("add", "add", 2, 2),
    ("mappedValue", "mappedValue", 1, 1),
    ("deprovision", "deprovision", 1, 1),
    ("stop", "stop", 0, 0),
];

/// Those whose first value is a path.
pub(super) const WITH_PATH: [&str; 5] = ["set", "set_default", "default", "remove", "add"];

type Called = Result<(), Box<EvalAltResult>>;

/// Makes the verbs known to an engine.
pub(super) fn register(engine: &mut Engine) {
    let reject = |code: &str, attribute| push(Verb::Reject { code: code.to_owned(), attribute });
    engine.register_fn("reject", move |code: &str| reject(code, None));
    engine.register_fn("reject", move |code: &str, name: &str| reject(code, Some(name.to_owned())));
    engine.register_fn("set", |path: &str, value: Dynamic| {
        with_value(path, &value, |path, value| Verb::Set { path, value })
    });
    for name in ["set_default", "default"] {
        engine.register_fn(name, |path: &str, value: Dynamic| {
            with_value(path, &value, |path, value| Verb::Default { path, value })
        });
    }
    engine.register_fn("remove", |path: &str| push(Verb::Remove { path: read(path)? }));
    engine.register_fn("add", |path: &str, value: Dynamic| {
        with_value(path, &value, |path, value| Verb::Add { path, value })
    });
    engine.register_fn("mappedValue", |value: Dynamic| {
        push(Verb::MappedValue(from_script(&value).map_err(state::tell)?))
    });
    engine.register_fn("deprovision", |yes: bool| push(Verb::Deprovision(yes)));
    engine.register_fn("stop", || push(Verb::Stop));
    // Rhai has a `remove` for text that would win over ours: a verb changes the user, never the text it is given.
    engine.register_fn("remove", |path: ImmutableString| push(Verb::Remove { path: read(&path)? }));
}

fn with_value(path: &str, value: &Dynamic, verb: impl FnOnce(Path, Value<'static>) -> Verb) -> Called {
    push(verb(read(path)?, from_script(value).map_err(state::tell)?))
}

fn read(path: &str) -> Result<Path, Box<EvalAltResult>> {
    Path::read(path).map_err(|bad| state::tell(format!("a path cannot be read at byte {}: {}", bad.at_byte, bad.what)))
}

fn push(verb: Verb) -> Called {
    let is_full = state::with(|state| {
        state.verbs.push(verb);
        state.verbs.len() > SCRIPT_LIMIT_VERBS
    })?;
    match is_full {
        true => Err(state::tell(format!("a script calls at most {SCRIPT_LIMIT_VERBS} verbs"))),
        false => Ok(()),
    }
}
