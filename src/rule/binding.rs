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
        /// Of a table whose rows have days: the day on which they must be valid; `None`: the day of the event.
        on: Option<Expression>,
    },
}

impl Bound {
    /// What it is computed from.
    pub fn values(&self) -> impl Iterator<Item = &Expression> {
        let (first, second) = match self {
            Bound::Value(value) => (value, None),
            Bound::Rows { key, on, .. } => (key, on.as_ref()),
        };
        std::iter::once(first).chain(second)
    }
}
