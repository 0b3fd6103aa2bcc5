//! Operators whose outcome is not known for every kind of value, numbered by their keys.

use std::collections::HashMap;

use super::dates::consequence;
use super::{key, pattern};
use crate::event::{Shape, View, folded, is_blank, nfc};
use crate::rule::{At, Checks, Comparator, Comparison, Operator, Relation};

/// Most operators whose outcomes are kept; the others have no bit.
const BITS: usize = 64;

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
    /// Those that hold of no blank text, a bit each.
    not_of_blank: u64,
    /// Tests of dates: where the first holds, whether the second does.
    consequences: Vec<(usize, usize, bool)>,
}

impl<'r> Predicates<'r> {
    /// Takes in the operators of a test.
    pub fn take(&mut self, checks: &'r Checks) {
        for check in &checks.checks {
            match &check.operator.comparator {
                Comparator::Not(inner) => self.take(inner),
                Comparator::Value(..)
                | Comparator::Pattern(_)
                | Comparator::Date(..)
                | Comparator::Property(..)
                | Comparator::Length(_)
                | Comparator::Range(_)
                | Comparator::Within(_)
                | Comparator::Elements(..)
                | Comparator::Count(..)
                | Comparator::Field(..)
                | Comparator::FoundIn(_) => self.number(&check.operator, checks.ignore_case),
            }
        }
    }

    fn number(&mut self, operator: &'r Operator, ignore_case: bool) {
        let mut open = Open::default();
        let is_constant = is_constant(operator);
        open.others = u64::from(!is_constant);
        match &operator.comparator {
            Comparator::Value(relation, _) => match relation {
                Relation::Equal | Relation::Member => {
                    let has_parts = u64::from(has_parts(operator));
                    (open.lists, open.maps) = (has_parts, has_parts);
                }
                Relation::Part(at) => (open.texts, open.lists) = (1, u64::from(at.is_of_lists())),
                Relation::Order(_) => {}
            },
            Comparator::Pattern(_) | Comparator::Within(_) => open.texts = 1,
            Comparator::Length(_) => (open.texts, open.lists) = (1, 1),
            Comparator::Elements(..) | Comparator::Count(..) => open.lists = 1,
            // It stands within those of elements, which are looked at as a whole.
            Comparator::Field(..) => (open.texts, open.lists, open.maps) = (1, 1, 1),
            // What they say of a value follows from it, or from nothing that is known here.
            Comparator::Date(..)
            | Comparator::Property(..)
            | Comparator::Range(_)
            | Comparator::Not(_)
            | Comparator::FoundIn(_) => {}
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
        self.not_of_blank |= bit * u64::from(is_false_of_blank(operator));
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

    /// Whether these outcomes, a bit each, can be those of one blank text.
    pub fn agree_when_blank(&self, bits: u64) -> bool {
        bits & self.not_of_blank == 0
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

    /// Notes what the tests of dates say of each other, once all are taken in.
    pub fn relate_dates(&mut self) {
        let is_of_dates = |(_, (operator, _)): &(usize, &(&Operator, bool))| match &operator.comparator {
            Comparator::Date(..) => true,
            Comparator::Property(property, _) => property.is_of_dates(),
            _ => false,
        };
        let numbered = self.all.iter().take(BITS).enumerate();
        let dates: Vec<(usize, &(&Operator, bool))> = numbered.filter(is_of_dates).collect();
        let pairs = dates.iter().flat_map(|this| dates.iter().map(move |other| (this, other)));
        let related = pairs
            .filter(|(this, other)| this.0 != other.0)
            .filter_map(|((this, one), (other, two))| Some((*this, *other, consequence(one.0, two.0)?)));
        self.consequences = related.collect();
    }

    /// Whether these outcomes can be those of one value as far as tests of dates say something of each other.
    pub fn dates_agree(&self, bits: u64) -> bool {
        let holds = |number: usize| bits >> number & 1 == 1;
        let mut all = self.consequences.iter();
        all.all(|(this, other, wanted)| !holds(*this) || holds(*other) == *wanted)
    }

    fn lengths(&self) -> impl Iterator<Item = (usize, &'r [(Comparison, u64)])> {
        self.all.iter().enumerate().filter_map(|(number, (operator, _))| {
            let Comparator::Length(wanted) = &operator.comparator else { return None };
            Some((number, wanted.as_slice()))
        })
    }

    /// The operators that ask for a constant part of a text.
    pub fn parts(&self) -> impl Iterator<Item = (usize, Part)> {
        self.all.iter().enumerate().filter_map(|(number, (operator, ignore_case))| {
            let at = operator.relation()?.part()?;
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

/// Whether the operator, without its negation, holds of no blank text, whatever blanks that is made of.
fn is_false_of_blank(operator: &Operator) -> bool {
    match &operator.comparator {
        Comparator::Pattern(pattern) => pattern::is_false_of_blank(pattern),
        Comparator::Value(Relation::Part(_), part) => match part.constant().map(|part| part.view().shape()) {
            Some(Shape::Text(text)) => !is_blank(&text),
            _ => false,
        },
        Comparator::Within(_) => true,
        // What they say of a blank is known, or nothing is.
        Comparator::Value(Relation::Equal | Relation::Member | Relation::Order(_), _)
        | Comparator::Date(..)
        | Comparator::Property(..)
        | Comparator::Length(_)
        | Comparator::Range(_)
        | Comparator::Elements(..)
        | Comparator::Count(..)
        | Comparator::Field(..)
        | Comparator::Not(_)
        | Comparator::FoundIn(_) => false,
    }
}

/// Whether the operator depends on the value alone.
fn is_constant(operator: &Operator) -> bool {
    match &operator.comparator {
        Comparator::Value(_, operand) => operand.constant().is_some(),
        Comparator::Elements(_, inner)
        | Comparator::Count(_, inner)
        | Comparator::Field(_, inner)
        | Comparator::Not(inner) => inner.checks.iter().all(|check| is_constant(&check.operator)),
        Comparator::Date(..) | Comparator::FoundIn(_) => false,
        Comparator::Property(property, _) => !property.is_of_dates(),
        Comparator::Pattern(_) | Comparator::Length(_) | Comparator::Range(_) | Comparator::Within(_) => true,
    }
}

/// Whether it compares with a list or an object, or with one among others.
fn has_parts(operator: &Operator) -> bool {
    let is_made_of_parts = |value: View<'_>| matches!(value.shape(), Shape::List(_) | Shape::Map(_));
    let Some(constant) = operator.operand().and_then(|operand| operand.constant()) else { return true };
    match (operator.relation(), constant.view().shape()) {
        (Some(Relation::Member), Shape::List(list)) => list.iter().any(is_made_of_parts),
        _ => is_made_of_parts(constant.view()),
    }
}
