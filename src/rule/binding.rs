//! `let`: names for values and for rows of lookups, evaluated at first use and at most once an event.

use super::expression::Expression;
use crate::diagnostic::Place;

/// A bound name.
#[derive(Debug)]
pub struct Binding {
    pub name: String,
    pub value: Bound,
    /// The name where it is bound.
    pub place: Place,
}

/// What a name is bound to.
#[derive(Debug)]
pub enum Bound {
    Value(Expression),
    Rows {
        /// Place among the rule set's lookups.
        lookup: usize,
        key: Expression,
        /// The list of all rows instead of the first.
        all: bool,
    },
}
