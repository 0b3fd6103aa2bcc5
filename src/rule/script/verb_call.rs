//! The functions by which a script calls verbs: each call is kept, and performed when the script has ended well.

use std::borrow::Cow;

use rhai::{Dynamic, Engine, EvalAltResult, ImmutableString};

use super::convert::from_script;
use super::limit::SCRIPT_LIMIT_VERBS;
use super::state;
use super::verb::Verb;
use crate::event::{Path, Value};

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
        push(Verb::Add { path: read(path)?, value: there(&value, "add")? })
    });
    engine.register_fn("take", |path: &str, value: Dynamic| {
        push(Verb::Take { path: read(path)?, value: there(&value, "take")? })
    });
    engine.register_fn("mappedValue", |value: Dynamic| push(Verb::MappedValue(there(&value, "mappedValue")?)));
    engine.register_fn("deprovision", |yes: bool| push(Verb::Deprovision(yes)));
    engine.register_fn("deliver", |to: &str, body: Dynamic| deliver(to, &body, None));
    engine.register_fn("deliver", |to: &str, body: Dynamic, key: Dynamic| deliver(to, &body, Some(&key)));
    engine.register_fn("stop", || push(Verb::Stop));
    // Rhai has a `remove` for text that would win over ours: a verb changes the user, never the text it is given.
    engine.register_fn("remove", |path: ImmutableString| push(Verb::Remove { path: read(&path)? }));
}

fn deliver(to: &str, body: &Dynamic, key: Option<&Dynamic>) -> Called {
    let key = key.map(from_script).transpose().map_err(state::tell)?;
    push(Verb::Deliver { to: to.to_owned(), body: there(body, "deliver")?, key })
}

fn with_value(
    path: &str,
    value: &Dynamic,
    verb: impl FnOnce(Cow<'static, Path>, Value<'static>) -> Verb<'static>,
) -> Called {
    push(verb(read(path)?, from_script(value).map_err(state::tell)?))
}

fn read(path: &str) -> Result<Cow<'static, Path>, Box<EvalAltResult>> {
    match Path::read(path) {
        Ok(path) if path.is_changeable() => Ok(Cow::Owned(path)),
        Ok(_) => Err(state::tell("a script changes fields of the user alone: `user.FIELD` or `attr.NAME`".to_owned())),
        Err(bad) => Err(state::tell(format!("a path cannot be read at byte {}: {}", bad.at_byte, bad.what))),
    }
}

/// A value that must be there, as those of the verbs in YAML must.
fn there(value: &Dynamic, verb: &str) -> Result<Value<'static>, Box<EvalAltResult>> {
    match from_script(value).map_err(state::tell)? {
        Value::Null => Err(state::tell(format!("`{verb}` was given an absent value; give another with `??`"))),
        value => Ok(value),
    }
}

fn push(verb: Verb<'static>) -> Called {
    let is_full = state::with(|state| {
        state.verbs.push(verb);
        state.verbs.len() > SCRIPT_LIMIT_VERBS
    })?;
    match is_full {
        true => Err(state::tell(format!("a script calls at most {SCRIPT_LIMIT_VERBS} verbs"))),
        false => Ok(()),
    }
}
