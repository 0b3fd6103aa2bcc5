//! What each operator says of two values, without any event: the engine fills in the values, the checker tries them out.

use super::condition::{Checks, Operator};
use super::expression::Expression;
use crate::event::{Shape, View, folded, nfc, number};

impl Operator {
    /// What the value is compared with, where that is a value.
    #[must_use]
    pub fn operand(&self) -> Option<&Expression> {
        match self {
            Operator::Is(operand)
            | Operator::IsNot(operand)
            | Operator::In(operand)
            | Operator::NotIn(operand)
            | Operator::StartsWith(operand)
            | Operator::EndsWith(operand)
            | Operator::Contains(operand)
            | Operator::Compare(_, operand) => Some(operand),
            _ => None,
        }
    }

    /// The value that it compares with, be it one or computed, or a moment's.
    #[must_use]
    pub fn compares_with(&self) -> Option<&Expression> {
        match self {
            Operator::Before(moment) | Operator::After(moment) => moment.value(),
            operator => operator.operand(),
        }
    }

    /// Whether the operator holds of a value beside its operand. Only of operators that have one, or need none.
    #[must_use]
    pub fn compare(&self, value: View<'_>, operand: View<'_>, ignore_case: bool) -> bool {
        let (value, operand) = (value.compared(), operand.compared());
        let texts = |holds: fn(&str, &str) -> bool| on_texts(value, operand, ignore_case, holds);
        match self {
            Operator::Is(_) => alike(value, operand, ignore_case),
            Operator::IsNot(_) => !alike(value, operand, ignore_case),
            Operator::In(_) => among(value, operand, ignore_case),
            Operator::NotIn(_) => !among(value, operand, ignore_case),
            Operator::StartsWith(_) => texts(|text, part| text.starts_with(part)),
            Operator::EndsWith(_) => texts(|text, part| text.ends_with(part)),
            Operator::Contains(_) => match value.shape() {
                Shape::List(_) => among(operand, value, ignore_case),
                _ => texts(|text, part| text.contains(part)),
            },
            Operator::Compare(comparison, _) => match (value.number(), operand.number()) {
                (Some(a), Some(b)) => comparison.holds(number::compare(&a, &b)),
                _ => false,
            },
            Operator::Matches(pattern) => matches!(value.shape(), Shape::Text(text) if pattern.is_match(&nfc(&text))),
            Operator::Length(wanted) => length(value)
                .is_some_and(|length| wanted.iter().all(|(comparison, limit)| comparison.holds(length.cmp(limit)))),
            _ => false,
        }
    }

    /// Whether the operator holds of a value (absent: `None`), as far as that depends on nothing else.
    #[must_use]
    pub fn hold_of(&self, value: Option<View<'_>>, ignore_case: bool) -> Option<bool> {
        let value = match (self, value) {
            (Operator::Present(wanted), value) => return Some(value.is_some() == *wanted),
            (Operator::Empty(wanted), value) => return Some(value.is_none_or(View::is_empty) == *wanted),
            (Operator::Not(inner), value) => return inner.hold_of(value).map(|held| !held),
            (_, None) => return Some(false),
            // The clock has a say, or how dates are meant.
            (
                Operator::Before(_)
                | Operator::After(_)
                | Operator::Over(_)
                | Operator::IsDate(_)
                | Operator::FoundIn(_),
                _,
            ) => return None,
            (_, Some(value)) => value,
        };
        match self {
            Operator::AnyElement(checks) => elements(checks, value, true),
            Operator::EveryElement(checks) => elements(checks, value, false),
            operator => {
                let operand = match operator.operand() {
                    Some(operand) => operand.constant()?.view(),
                    None => value,
                };
                Some(operator.compare(value, operand, ignore_case))
            }
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
        self.checks.iter().all(|check| match &check.operator {
            Operator::AnyElement(inner) | Operator::EveryElement(inner) | Operator::Not(inner) => inner.never_fail(),
            Operator::Before(moment) | Operator::After(moment) => moment.value().is_none(),
            Operator::FoundIn(_) => false,
            operator => operator.operand().is_none_or(|operand| operand.constant().is_some()),
        })
    }
}

fn elements(checks: &Checks, value: View<'_>, wanted: bool) -> Option<bool> {
    let Shape::List(list) = value.shape() else { return Some(false) };
    for item in list.iter() {
        if checks.hold_of(Some(item))? == wanted {
            return Some(wanted);
        }
    }
    Some(!wanted)
}

fn on_texts(value: View<'_>, part: View<'_>, ignore_case: bool, holds: fn(&str, &str) -> bool) -> bool {
    match (value.shape(), part.shape()) {
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
