//! Operators whose outcome is not known for every kind of value, numbered by their keys.

use std::collections::HashMap;

use super::key;
use crate::event::{Shape, View, folded, nfc};
use crate::rule::{Checks, Comparison, Operator};

/// What an outcome may be free of.
#[derive(Clone, Copy, Debug, Default)]
pub struct Open {
    /// Another name, a lookup or the clock decides.
    pub others: u64,
    /// Free of a text that is none of the constants.
    pub texts: u64,
    /// Free of a list that is none of the samples.
    pub lists: u64,
    /// Free of an object.
    pub maps: u64,
}

/// The numbered operators.
#[derive(Debug, Default)]
pub struct Predicates<'r> {
    pub all: Vec<(&'r Operator, bool)>,
    by_key: HashMap<String, usize>,
    /// By the address of the operator, so that its key is made once.
    by_address: HashMap<usize, usize>,
    pub open: Open,
}

impl<'r> Predicates<'r> {
    /// Takes in the operators of a test.
    pub fn take(&mut self, checks: &'r Checks) {
        for check in &checks.checks {
            match &check.operator {
                Operator::Not(inner) => self.take(inner),
                operator => self.number(operator, checks.ignore_case),
            }
        }
    }

    fn number(&mut self, operator: &'r Operator, ignore_case: bool) {
        let mut open = Open::default();
        let is_constant = is_constant(operator);
        open.others = u64::from(!is_constant);
        match operator {
            Operator::Matches(_) | Operator::StartsWith(_) | Operator::EndsWith(_) => open.texts = 1,
            Operator::Contains(_) | Operator::Length(_) => (open.texts, open.lists) = (1, 1),
            Operator::AnyElement(_) | Operator::EveryElement(_) => open.lists = 1,
            Operator::Is(_) | Operator::IsNot(_) | Operator::In(_) | Operator::NotIn(_) if has_parts(operator) => {
                (open.lists, open.maps) = (1, 1);
            }
            _ => {}
        }
        if open.others + open.texts + open.lists + open.maps == 0 {
            return;
        }
        let next = self.all.len();
        let number = *self.by_key.entry(key::of_operator(operator, ignore_case)).or_insert(next);
        if number == next {
            self.all.push((operator, ignore_case));
        }
        self.by_address.insert(address(operator), number);
        let bit = 1_u64.checked_shl(u32::try_from(number).unwrap_or(u32::MAX)).unwrap_or_default();
        self.open.others |= bit * open.others;
        self.open.texts |= bit * open.texts.max(open.others);
        self.open.lists |= bit * open.lists.max(open.others);
        self.open.maps |= bit * open.maps.max(open.others);
    }

    /// The bit of an operator, if it has one.
    pub fn bit(&self, operator: &Operator) -> Option<u64> {
        let number = u32::try_from(*self.by_address.get(&address(operator))?).ok()?;
        1_u64.checked_shl(number)
    }

    /// Whether these outcomes, a bit each, can be those of one text (or list); `length` is the least it has.
    pub fn agree(&self, bits: u64, length: u64, of_text: bool) -> bool {
        let holds = |number: usize| bits >> number & 1 == 1;
        let lengths: Vec<(bool, &[(Comparison, u64)])> =
            self.lengths().map(|(number, wanted)| (holds(number), wanted)).collect();
        if !lengths.is_empty() && !has_length(&lengths, length) {
            return false;
        }
        let texts: Vec<(bool, Part)> = self.parts().map(|(number, part)| (holds(number), part)).collect();
        !of_text
            || texts.iter().all(|(held, part)| {
                !held
                    || texts
                        .iter()
                        .all(|(other_held, other)| if *other_held { part.allows(other) } else { !part.implies(other) })
            })
    }

    fn lengths(&self) -> impl Iterator<Item = (usize, &'r [(Comparison, u64)])> {
        self.all.iter().enumerate().filter_map(|(number, (operator, _))| match operator {
            Operator::Length(wanted) => Some((number, wanted.as_slice())),
            _ => None,
        })
    }

    /// The operators that ask for a constant part of a text.
    pub fn parts(&self) -> impl Iterator<Item = (usize, Part)> {
        self.all.iter().enumerate().filter_map(|(number, (operator, ignore_case))| {
            let at = match operator {
                Operator::StartsWith(_) => At::Start,
                Operator::EndsWith(_) => At::End,
                Operator::Contains(_) => At::Anywhere,
                _ => return None,
            };
            let Shape::Text(text) = operator.operand()?.constant()?.view().shape() else { return None };
            let text = if *ignore_case { folded(&text) } else { nfc(&text) }.into_owned();
            Some((number, Part { at, text, ignore_case: *ignore_case }))
        })
    }
}

/// A part that a text must have.
#[derive(Clone, Debug)]
pub struct Part {
    pub at: At,
    pub text: String,
    ignore_case: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    Start,
    End,
    Anywhere,
}

impl Part {
    /// Whether a text with this part has the other.
    fn implies(&self, other: &Part) -> bool {
        self.ignore_case == other.ignore_case
            && match (self.at, other.at) {
                (At::Start, At::Start) => self.text.starts_with(&other.text),
                (At::End, At::End) => self.text.ends_with(&other.text),
                (_, At::Anywhere) => self.text.contains(&other.text),
                _ => false,
            }
    }

    /// Whether a text with this part may have the other.
    fn allows(&self, other: &Part) -> bool {
        let is_same_end = self.ignore_case == other.ignore_case && self.at == other.at && self.at != At::Anywhere;
        !is_same_end || self.implies(other) || other.implies(self)
    }
}

/// Whether some length of at least `least` comes out so.
fn has_length(wanted: &[(bool, &[(Comparison, u64)])], least: u64) -> bool {
    let limits = wanted.iter().flat_map(|(_, wanted)| wanted.iter());
    let around = limits.flat_map(|(_, limit)| [limit.saturating_sub(1), *limit, limit + 1]);
    let fits = |length: u64| {
        wanted
            .iter()
            .all(|(held, wanted)| wanted.iter().all(|(comparison, limit)| comparison.holds(length.cmp(limit))) == *held)
    };
    around.chain([least]).filter(|length| *length >= least).any(fits)
}

fn address(operator: &Operator) -> usize {
    std::ptr::from_ref(operator).addr()
}

/// Whether the operator depends on the value alone.
fn is_constant(operator: &Operator) -> bool {
    match operator {
        Operator::AnyElement(inner) | Operator::EveryElement(inner) | Operator::Not(inner) => {
            inner.checks.iter().all(|check| is_constant(&check.operator))
        }
        Operator::Before(_) | Operator::After(_) | Operator::Over(_) | Operator::IsDate(_) | Operator::FoundIn(_) => {
            false
        }
        operator => operator.operand().is_none_or(|operand| operand.constant().is_some()),
    }
}

/// Whether it compares with a list or an object, or with one among others.
fn has_parts(operator: &Operator) -> bool {
    let is_made_of_parts = |value: View<'_>| matches!(value.shape(), Shape::List(_) | Shape::Map(_));
    let Some(constant) = operator.operand().and_then(|operand| operand.constant()) else { return true };
    match (operator, constant.view().shape()) {
        (Operator::In(_) | Operator::NotIn(_), Shape::List(list)) => list.iter().any(is_made_of_parts),
        _ => is_made_of_parts(constant.view()),
    }
}
