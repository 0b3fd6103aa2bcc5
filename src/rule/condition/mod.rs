//! What must hold of an event: conditions, their operators (each declared once, in `declared.rs`) and what each says of a
//! value.

mod bounds;
mod comparison;
#[expect(clippy::module_inception, reason = "the folder is named after what the file holds")]
mod condition;
mod declared;
mod networks;
mod pattern;

pub use bounds::Bounds;
pub use comparison::{fits, there};
pub use condition::{Base, Check, Checks, Comparator, Condition, DateOperand, Operator, ScriptCondition, Test};
pub use declared::{
    At, COUNTED, Comparison, Declared, IGNORE_CASE, Operand, Property, Quantifier, Relation, Side, Takes,
};
pub use networks::{Networks, address};
pub use pattern::{PATTERN_LIMIT_BYTES, Pattern};
