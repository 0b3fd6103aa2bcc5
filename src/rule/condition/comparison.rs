//! What each operator says of two values, without any event: the engine fills in the values, the checker tries them out.

use super::condition::{Checks, Comparator, Operator};
use super::declared::{At, Comparison, Declared, Operand, Property, Quantifier, Relation};
use crate::event::{Segment, Shape, View, folded, nfc, number};

impl Operator {
    /// Whether the operator holds of a value beside its operand. Only of operators that have one, or need none.
    #[must_use]
    pub fn compare(&self, value: View<'_>, operand: View<'_>, ignore_case: bool) -> bool {
        self.comparator.compare(value, operand, ignore_case) != self.is_negated
    }

    /// Whether the operator holds of a value (absent: `None`), as far as that depends on nothing else.
    #[must_use]
    pub fn hold_of(&self, value: Option<View<'_>>, ignore_case: bool) -> Option<bool> {
        let held = match (&self.comparator, value) {
            (Comparator::Property(Property::Present, wanted), value) => value.is_some() == *wanted,
            (Comparator::Property(Property::Empty, wanted), value) => value.is_none_or(View::is_empty) == *wanted,
            (Comparator::Not(inner), value) => !inner.hold_of(value)?,
            (
                Comparator::Value(..)
                | Comparator::Pattern(_)
                | Comparator::Date(..)
                | Comparator::Property(Property::Over | Property::IsDate, _)
                | Comparator::Length(_)
                | Comparator::Range(_)
                | Comparator::Within(_)
                | Comparator::Elements(..)
                | Comparator::Count(..)
                | Comparator::FoundIn(_),
                None,
            ) => return Some(false),
            (Comparator::Field(steps, checks), value) => checks.hold_of(value.and_then(|value| field(value, steps)))?,
            // The clock has a say, or how dates are meant.
            (
                Comparator::Date(..)
                | Comparator::Property(Property::Over | Property::IsDate, _)
                | Comparator::FoundIn(_),
                Some(_),
            ) => return None,
            (Comparator::Elements(quantifier, checks), Some(value)) => elements(checks, value, *quantifier)?,
            (Comparator::Count(wanted, checks), Some(value)) => count(wanted, checks, value)?,
            (Comparator::Value(_, operand), Some(value)) => {
                self.comparator.compare(value, operand.constant()?.view(), ignore_case)
            }
            (
                Comparator::Pattern(_) | Comparator::Length(_) | Comparator::Range(_) | Comparator::Within(_),
                Some(value),
            ) => self.comparator.compare(value, value, ignore_case),
        };
        Some(held != self.is_negated)
    }
}

impl Comparator {
    fn compare(&self, value: View<'_>, operand: View<'_>, ignore_case: bool) -> bool {
        let (value, operand) = (value.compared(), operand.compared());
        match self {
            Comparator::Value(relation, _) => relation.holds(value, operand, ignore_case),
            Comparator::Pattern(pattern) => matches!(value.shape(), Shape::Text(text) if pattern.is_match(&nfc(&text))),
            Comparator::Length(wanted) => length(value).is_some_and(|length| fits(wanted, length)),
            Comparator::Range(bounds) => bounds.hold(value),
            Comparator::Within(networks) => matches!(value.shape(), Shape::Text(text) if networks.contain(&text)),
            Comparator::Date(..)
            | Comparator::Property(..)
            | Comparator::Elements(..)
            | Comparator::Count(..)
            | Comparator::Field(..)
            | Comparator::Not(_)
            | Comparator::FoundIn(_) => false,
        }
    }
}

impl Relation {
    fn holds(self, value: View<'_>, operand: View<'_>, ignore_case: bool) -> bool {
        let texts = |holds: fn(&str, &str) -> bool| on_texts(value, operand, ignore_case, holds);
        match self {
            Relation::Equal => alike(value, operand, ignore_case),
            Relation::Member => among(value, operand, ignore_case),
            Relation::Part(At::Start) => texts(|text, part| text.starts_with(part)),
            Relation::Part(At::End) => texts(|text, part| text.ends_with(part)),
            Relation::Part(At::Anywhere) => match value.shape() {
                Shape::List(_) => among(operand, value, ignore_case),
                _ => texts(|text, part| text.contains(part)),
            },
            Relation::Order(comparison) => match (value.number(), operand.number()) {
                (Some(a), Some(b)) => comparison.holds(number::compare(&a, &b)),
                _ => false,
            },
        }
    }
}

impl Comparison {
    /// The comparisons by the operators' names, as a length may have them.
    pub fn named() -> impl Iterator<Item = (&'static str, Comparison)> {
        let ordered = Declared::all().filter_map(|(name, _, declared)| match declared.operand {
            Operand::Value(relation) => Some((name, relation.order()?)),
            Operand::Pattern
            | Operand::Date(_)
            | Operand::Property(_)
            | Operand::Length
            | Operand::Elements(_)
            | Operand::Count
            | Operand::Field
            | Operand::Networks
            | Operand::Not
            | Operand::Lookup => None,
        });
        std::iter::once(("is", Comparison::Equal)).chain(ordered)
    }

    /// Whether it holds of two things in this order.
    #[must_use]
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Comparison::Equal => ordering.is_eq(),
            Comparison::Greater => ordering.is_gt(),
            Comparison::GreaterOrEqual => ordering.is_ge(),
            Comparison::Less => ordering.is_lt(),
            Comparison::LessOrEqual => ordering.is_le(),
        }
    }
}

impl Checks {
    /// Whether the checks hold of a value (absent: `None`), as far as that depends on nothing else:
    /// `None` where another name, a lookup or the clock has a say.
    #[must_use]
    pub fn hold_of(&self, value: Option<View<'_>>) -> Option<bool> {
        for check in &self.checks {
            if !check.operator.hold_of(value, self.ignore_case)? {
                return Some(false);
            }
        }
        Some(true)
    }

    /// Whether the checks depend on the value and the clock alone, so that they never fail.
    #[must_use]
    pub fn never_fail(&self) -> bool {
        self.checks.iter().all(|check| match &check.operator.comparator {
            Comparator::Value(_, operand) => operand.constant().is_some(),
            Comparator::Elements(_, inner)
            | Comparator::Count(_, inner)
            | Comparator::Field(_, inner)
            | Comparator::Not(inner) => inner.never_fail(),
            Comparator::Date(_, moment) => moment.value().is_none(),
            Comparator::FoundIn(_) => false,
            Comparator::Pattern(_)
            | Comparator::Property(..)
            | Comparator::Length(_)
            | Comparator::Range(_)
            | Comparator::Within(_) => true,
        })
    }
}

fn elements(checks: &Checks, value: View<'_>, quantifier: Quantifier) -> Option<bool> {
    let Shape::List(list) = value.shape() else { return Some(false) };
    let settles = quantifier == Quantifier::Any;
    for item in list.iter() {
        if checks.hold_of(there(item))? == settles {
            return Some(settles);
        }
    }
    Some(!settles)
}

fn count(wanted: &[(Comparison, u64)], checks: &Checks, value: View<'_>) -> Option<bool> {
    let Shape::List(list) = value.shape() else { return Some(false) };
    let mut held = 0;
    for item in list.iter() {
        held += u64::from(checks.hold_of(there(item))?);
    }
    Some(fits(wanted, held))
}

/// Whether a number is all that is wanted of it.
#[must_use]
pub fn fits(wanted: &[(Comparison, u64)], number: u64) -> bool {
    wanted.iter().all(|(comparison, limit)| comparison.holds(number.cmp(limit)))
}

/// An element of a list, or a field of one, as a value: null is absent.
#[must_use]
pub fn there(value: View<'_>) -> Option<View<'_>> {
    Some(value).filter(|value| !value.is_null())
}

/// The field of an element to which these steps lead.
fn field<'v>(element: View<'v>, steps: &[Segment]) -> Option<View<'v>> {
    element.walk(steps).and_then(there)
}

/// Of an empty part nothing holds: a login that nobody filled in is in no password.
fn on_texts(value: View<'_>, part: View<'_>, ignore_case: bool, holds: fn(&str, &str) -> bool) -> bool {
    match (value.shape(), part.shape()) {
        (Shape::Text(_), Shape::Text(part)) if part.is_empty() => false,
        (Shape::Text(text), Shape::Text(part)) if ignore_case => holds(&folded(&text), &folded(&part)),
        (Shape::Text(text), Shape::Text(part)) => holds(&nfc(&text), &nfc(&part)),
        _ => false,
    }
}

fn alike(value: View<'_>, other: View<'_>, ignore_case: bool) -> bool {
    match (value.shape(), other.shape()) {
        (Shape::Text(a), Shape::Text(b)) if ignore_case => folded(&a) == folded(&b),
        _ => value.same(other),
    }
}

fn among(value: View<'_>, list: View<'_>, ignore_case: bool) -> bool {
    matches!(list.shape(), Shape::List(list) if list.iter().any(|item| alike(value, item, ignore_case)))
}

/// Characters of a text, elements of a list.
fn length(value: View<'_>) -> Option<u64> {
    match value.shape() {
        Shape::Text(text) => Some(nfc(&text).chars().count() as u64),
        Shape::List(list) => Some(list.len() as u64),
        _ => None,
    }
}
