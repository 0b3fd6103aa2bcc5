//! The verbs of a rule: what it does when it holds.

use super::expression::{Expression, Read};
use crate::event::{Hook, Kind, Path};

/// Refusal codes the platform publishes texts for, and the one a failing rule set answers.
pub const PLATFORM_CODES: [&str; 3] = ["MobileAlreadyExist", "EmailAlreadyExist", "ValidationUnavailable"];

/// The verbs, in the order the documentation lists them.
pub const VERBS: [&str; 10] =
    ["reject", "set", "default", "remove", "add", "mappedValue", "deprovision", "deliver", "script", "stop"];

/// One thing a rule does.
#[derive(Debug)]
pub enum Action {
    Reject { code: String, attribute: Option<String> },
    Set(Target, Expression),
    Default(Target, Expression),
    Remove(Target),
    Add(Target, Expression),
    MappedValue(Expression),
    Deprovision(Expression),
    Deliver(Deliver),
    Script(Expression),
    Stop,
}

/// Something to send.
#[derive(Debug)]
pub struct Deliver {
    /// A destination of gateway.yaml.
    pub to: String,
    /// What is sent.
    pub body: Expression,
    /// What must stay in order among what has the same key; left out: the person the event is about.
    pub key: Option<Expression>,
}

/// A part of the user that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub path: Path,
    /// The same as a name to read.
    pub read: Read,
}

/// Whether hooks like this one take a verb.
#[must_use]
pub fn takes(hook: &Hook, verb: &str) -> bool {
    match verb {
        "reject" => hook.refusable,
        "set" | "default" | "remove" | "add" => hook.kind.changes_user(),
        "mappedValue" => hook.kind == Kind::Map,
        "deprovision" => hook.kind == Kind::Decide,
        _ => true,
    }
}
