//! What must hold of an event: conditions, their operators (each declared once, in `declared.rs`) and what each says of a value.

mod comparison;
#[expect(clippy::module_inception, reason = "the folder is named after what the file holds")]
mod condition;
mod declared;
mod pattern;

pub use condition::{Base, Check, Checks, Comparator, Condition, Moment, Operator, ScriptCondition, Test};
pub use declared::{At, Comparison, Declared, IGNORE_CASE, Operand, Property, Quantifier, Relation, Side, Takes};
pub use pattern::{PATTERN_LIMIT_BYTES, Pattern};
