//! The verbs that a script calls, which the engine performs in their order.

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
    Take {
        path: Path,
        value: Value<'static>,
    },
    MappedValue(Value<'static>),
    Deprovision(bool),
    Deliver {
        to: String,
        body: Value<'static>,
        key: Option<Value<'static>>,
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
