//! What a rule needs of a recorded event and its record does not have.

/// A plain value that a rule needs and a record does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// The name of the value, as rules write it.
    pub what: String,
    pub rule: String,
    /// `file:line` of the rule.
    pub at: String,
}
