//! A verb with its values known: scripts call it, and the actions of a rule are evaluated to it.

use std::borrow::Cow;

use crate::event::{Path, Value};

/// What is to be done to the user or the answer.
#[derive(Clone, Debug)]
pub enum Verb<'v> {
    Reject {
        code: String,
        attribute: Option<String>,
    },
    Set {
        path: Cow<'v, Path>,
        value: Value<'v>,
    },
    /// Only where absent or empty.
    Default {
        path: Cow<'v, Path>,
        value: Value<'v>,
    },
    Remove {
        path: Cow<'v, Path>,
    },
    /// What is not in the list yet; of a list its elements.
    Add {
        path: Cow<'v, Path>,
        value: Value<'v>,
    },
    /// A new element at the end of the list.
    Append {
        path: Cow<'v, Path>,
        element: Value<'v>,
    },
    /// What is equal to the value, or to an element of it.
    Take {
        path: Cow<'v, Path>,
        value: Value<'v>,
    },
    /// These elements, so that the others are kept.
    TakeElements {
        path: Cow<'v, Path>,
        taken: Vec<Value<'v>>,
        kept: Vec<Value<'v>>,
    },
    MappedValue(Value<'v>),
    Deprovision(bool),
    Deliver {
        to: String,
        body: Value<'v>,
        key: Option<Value<'v>>,
    },
    Stop,
}

/// The functions that are verbs, each with the verb's name in a rule, and how many values each takes.
pub const VERB_FUNCTIONS: [(&str, &str, usize, usize); 11] = [
    ("reject", "reject", 1, 2),
    ("set", "set", 2, 2),
    ("set_default", "default", 2, 2),
    ("default", "default", 2, 2),
    ("remove", "remove", 1, 1),
    ("add", "add", 2, 2),
    ("take", "take", 2, 2),
    ("mappedValue", "mappedValue", 1, 1),
    ("deprovision", "deprovision", 1, 1),
    ("deliver", "deliver", 2, 3),
    ("stop", "stop", 0, 0),
];

/// Those whose first value is a path.
pub(super) const WITH_PATH: [&str; 6] = ["set", "set_default", "default", "remove", "add", "take"];
