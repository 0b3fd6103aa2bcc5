//! The verbs of a rule: what it does when it holds.

use super::condition::Checks;
use super::expression::Expression;
use super::target::Target;
use crate::event::{Hook, Kind};

/// Refusal codes the platform publishes texts for, and the one a failing rule set answers.
pub const PLATFORM_CODES: [&str; 3] = ["MobileAlreadyExist", "EmailAlreadyExist", "ValidationUnavailable"];

/// The verbs, in the order the documentation lists them.
pub const VERBS: [&str; 11] =
    ["reject", "set", "default", "remove", "add", "take", "mappedValue", "deprovision", "deliver", "script", "stop"];

/// One thing a rule does.
#[derive(Debug)]
pub enum Action {
    Reject { code: String, attribute: Option<String> },
    Set(Target, Expression),
    Default(Target, Expression),
    Remove(Target),
    Add(Target, Expression),
    Take(Target, Taken),
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

/// Which elements are taken from a list.
#[derive(Debug)]
pub enum Taken {
    /// Those that are equal to the value, or to an element of it.
    Equal(Expression),
    /// Those of which this holds.
    Holding(Checks),
}

/// Whether hooks like this one take a verb.
#[must_use]
pub fn takes(hook: &Hook, verb: &str) -> bool {
    match verb {
        "reject" => hook.refusable,
        "set" | "default" | "remove" | "add" | "take" => hook.kind.changes_user(),
        "mappedValue" => hook.kind == Kind::Map,
        "deprovision" => hook.kind == Kind::Decide,
        _ => true,
    }
}

impl Action {
    /// The value that it is given, if it is given one; of a delivery, its body.
    #[must_use]
    pub fn value(&self) -> Option<&Expression> {
        self.values().next()
    }

    /// All that is computed for it: the value, and the key of a delivery.
    pub fn values(&self) -> impl Iterator<Item = &Expression> {
        let (value, key) = match self {
            Action::Set(_, value)
            | Action::Default(_, value)
            | Action::Add(_, value)
            | Action::MappedValue(value)
            | Action::Deprovision(value)
            | Action::Script(value) => (Some(value), None),
            Action::Take(_, taken) => (taken.value(), None),
            Action::Deliver(deliver) => (Some(&deliver.body), deliver.key.as_ref()),
            Action::Reject { .. } | Action::Remove(_) | Action::Stop => (None, None),
        };
        value.into_iter().chain(key)
    }

    /// What must hold of the elements that it takes.
    #[must_use]
    pub fn checks(&self) -> Option<&Checks> {
        match self {
            Action::Take(_, taken) => taken.checks(),
            Action::Reject { .. }
            | Action::Set(..)
            | Action::Default(..)
            | Action::Remove(_)
            | Action::Add(..)
            | Action::MappedValue(_)
            | Action::Deprovision(_)
            | Action::Deliver(_)
            | Action::Script(_)
            | Action::Stop => None,
        }
    }
}

impl Taken {
    /// The value that is taken, where it is one.
    #[must_use]
    pub fn value(&self) -> Option<&Expression> {
        match self {
            Taken::Equal(value) => Some(value),
            Taken::Holding(_) => None,
        }
    }

    /// What holds of the elements that are taken.
    #[must_use]
    pub fn checks(&self) -> Option<&Checks> {
        match self {
            Taken::Equal(_) => None,
            Taken::Holding(checks) => Some(checks),
        }
    }
}
