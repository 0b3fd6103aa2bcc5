//! Conditions as meant: what must hold of an event for a rule to apply.

use std::ops::Range;
use std::sync::Arc;

use super::bounds::Bounds;
use super::declared::{Comparison, Declared, Operand, Property, Quantifier, Relation, Side, Takes};
use super::networks::Networks;
use super::pattern::Pattern;
use crate::event::date::{Offset, Start, Written};
use crate::event::{Segment, Shape, View};
use crate::rule::expression::{Expression, Read, ScriptUse};

/// What must hold.
#[derive(Debug)]
pub enum Condition {
    Always,
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Test(Test),
    Script(ScriptCondition),
}

/// One name and what must hold of its value.
#[derive(Debug)]
pub struct Test {
    pub subject: Read,
    /// Shared with the index.
    pub checks: Arc<Checks>,
    /// The key and its value in the file.
    pub span: Range<usize>,
    /// Whether its subject may be a secret. Then no index leaves it out unseen: what comes of it is noted.
    pub is_on_secret: bool,
}

/// A script that answers true or false.
#[derive(Debug)]
pub struct ScriptCondition {
    pub value: Expression,
    pub span: Range<usize>,
}

/// Operators on one value, all of which must hold.
#[derive(Debug)]
pub struct Checks {
    pub checks: Vec<Check>,
    pub ignore_case: bool,
}

/// One operator of a test.
#[derive(Debug)]
pub struct Check {
    pub operator: Operator,
    pub span: Range<usize>,
}

/// An operator: a comparator, and whether it must not hold. Of an absent value a negated operator does not hold either.
#[derive(Debug)]
pub struct Operator {
    pub comparator: Comparator,
    pub is_negated: bool,
}

/// What a value is compared with, and how. Which comparators there are is said in `declared.rs`.
#[derive(Debug)]
pub enum Comparator {
    Value(Relation, Expression),
    Pattern(Pattern),
    Date(Side, DateOperand),
    /// Whether the value has the property.
    Property(Property, bool),
    Length(Vec<(Comparison, u64)>),
    /// A number in a range. It is written behind `in`.
    Range(Bounds),
    /// An address in a network.
    Within(Networks),
    Elements(Quantifier, Checks),
    /// How many elements hold. Without checks all of them count.
    Count(Vec<(Comparison, u64)>, Checks),
    /// What must hold of a field of an element.
    Field(Vec<Segment>, Checks),
    Not(Checks),
    /// Whether the lookup (by its place) has a row under the value.
    FoundIn(usize),
}

/// A moment to compare with.
#[derive(Debug)]
pub struct DateOperand {
    pub base: Base,
    pub offset: Option<Offset>,
}

/// What a moment is counted from.
#[derive(Debug)]
pub enum Base {
    /// The event's own time.
    Start(Start),
    /// A date, and how it is written.
    Written(Written, String),
    Value(Expression),
}

impl Comparator {
    /// The operator that holds where this does.
    #[must_use]
    pub fn plain(self) -> Operator {
        Operator { comparator: self, is_negated: false }
    }

    /// What stands behind it where it is written.
    #[must_use]
    pub fn kind(&self) -> Operand {
        match self {
            Comparator::Value(relation, _) => Operand::Value(*relation),
            Comparator::Pattern(_) => Operand::Pattern,
            Comparator::Date(side, _) => Operand::Date(*side),
            Comparator::Property(property, _) => Operand::Property(*property),
            Comparator::Length(_) => Operand::Length,
            Comparator::Range(_) => Operand::Value(Relation::Member),
            Comparator::Within(_) => Operand::Networks,
            Comparator::Elements(quantifier, _) => Operand::Elements(*quantifier),
            Comparator::Count(..) => Operand::Count,
            Comparator::Field(..) => Operand::Field,
            Comparator::Not(_) => Operand::Not,
            Comparator::FoundIn(_) => Operand::Lookup,
        }
    }
}

impl Operator {
    /// The operator that holds of the other values that are there.
    #[must_use]
    pub fn negated(self) -> Self {
        Self { is_negated: !self.is_negated, ..self }
    }

    /// The name by which it is written.
    #[must_use]
    pub fn name(&self) -> &'static str {
        Declared::with(self.comparator.kind()).map_or("", |declared| match declared.negated {
            Some((negated, _)) if self.is_negated => negated,
            _ => declared.name,
        })
    }

    /// How the value relates to the one that it is compared with, and that one, where it is compared with a value.
    fn comparison(&self) -> Option<(Relation, &Expression)> {
        match &self.comparator {
            Comparator::Value(relation, operand) => Some((*relation, operand)),
            Comparator::Pattern(_)
            | Comparator::Date(..)
            | Comparator::Property(..)
            | Comparator::Length(_)
            | Comparator::Range(_)
            | Comparator::Within(_)
            | Comparator::Elements(..)
            | Comparator::Count(..)
            | Comparator::Field(..)
            | Comparator::Not(_)
            | Comparator::FoundIn(_) => None,
        }
    }

    /// What the value is compared with, where that is a value.
    #[must_use]
    pub fn operand(&self) -> Option<&Expression> {
        self.comparison().map(|(_, operand)| operand)
    }

    /// How the value relates to the one that it is compared with.
    #[must_use]
    pub fn relation(&self) -> Option<Relation> {
        self.comparison().map(|(relation, _)| relation)
    }

    /// The value that it compares with, be it one or computed, or a moment's.
    #[must_use]
    pub fn compares_with(&self) -> Option<&Expression> {
        match &self.comparator {
            Comparator::Value(_, operand) => Some(operand),
            Comparator::Date(_, moment) => moment.value(),
            Comparator::Pattern(_)
            | Comparator::Property(..)
            | Comparator::Length(_)
            | Comparator::Range(_)
            | Comparator::Within(_)
            | Comparator::Elements(..)
            | Comparator::Count(..)
            | Comparator::Field(..)
            | Comparator::Not(_)
            | Comparator::FoundIn(_) => None,
        }
    }

    /// The checks within it: of elements, of a field, or those that must not all hold.
    #[must_use]
    pub fn inner(&self) -> Option<&Checks> {
        match &self.comparator {
            Comparator::Elements(_, inner)
            | Comparator::Count(_, inner)
            | Comparator::Field(_, inner)
            | Comparator::Not(inner) => Some(inner),
            Comparator::Value(..)
            | Comparator::Pattern(_)
            | Comparator::Date(..)
            | Comparator::Property(..)
            | Comparator::Length(_)
            | Comparator::Range(_)
            | Comparator::Within(_)
            | Comparator::FoundIn(_) => None,
        }
    }

    /// The constants that the value is compared with for equality, one by one.
    #[must_use]
    pub fn equal_to(&self) -> Option<Vec<View<'_>>> {
        let relation = self.relation()?;
        let constant = || Some(self.operand()?.constant()?.view());
        match (relation.is_equality(), relation.takes()) {
            (false, _) => None,
            (true, Takes::List) => match constant()?.shape() {
                Shape::List(list) => Some(list.iter().collect()),
                _ => None,
            },
            (true, Takes::Value | Takes::Part | Takes::Number) => Some(vec![constant()?]),
        }
    }
}

impl Checks {
    /// Every field of elements that is asked for, as the steps from the element to it.
    #[must_use]
    pub fn fields(&self) -> Vec<Vec<Segment>> {
        let mut found = Vec::new();
        for operator in self.checks.iter().map(|check| &check.operator) {
            let deeper = operator.inner().map(Checks::fields).unwrap_or_default();
            match &operator.comparator {
                Comparator::Field(steps, _) => {
                    found.extend(deeper.into_iter().map(|rest| [steps.as_slice(), &rest].concat()));
                    found.push(steps.clone());
                }
                _ => found.extend(deeper),
            }
        }
        found
    }
}

impl DateOperand {
    /// The value it is counted from, where that is computed.
    #[must_use]
    pub fn value(&self) -> Option<&Expression> {
        match &self.base {
            Base::Value(expression) => Some(expression),
            Base::Start(_) | Base::Written(..) => None,
        }
    }
}

impl Condition {
    /// Both conditions, this one first.
    #[must_use]
    pub fn and(self, other: Condition) -> Condition {
        match (self, other) {
            (Condition::Always, other) => other,
            (this, Condition::Always) => this,
            (Condition::All(mut all), Condition::All(more)) => {
                all.extend(more);
                Condition::All(all)
            }
            (Condition::All(mut all), other) => {
                all.push(other);
                Condition::All(all)
            }
            (this, Condition::All(more)) => Condition::All(std::iter::once(this).chain(more).collect()),
            (this, other) => Condition::All(vec![this, other]),
        }
    }
}

impl ScriptCondition {
    /// The script behind the condition, when it was not simple enough to do without.
    #[must_use]
    pub fn script(&self) -> Option<&ScriptUse> {
        match &self.value {
            Expression::Script(script) => Some(script),
            _ => None,
        }
    }
}
