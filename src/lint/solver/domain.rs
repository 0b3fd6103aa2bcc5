//! The values of one variable, as far as the tests at hand can tell them apart.
//!
//! A kind of value is one value that stands for all like it, or, where no value is known, the outcomes that one might
//! have. What holds of every kind holds of every value; only kinds with a value make an example.

use super::constant::Constants;
use super::number_sample;
use super::predicate::Predicates;
use crate::event::{Shape, Value, View, folded as in_small, is_blank};
use crate::rule::{Checks, Comparator, Operator, Property, Relation};

/// Most outcomes that are free of a value at once; beyond, nothing is claimed of all values.
const FREE_OUTCOMES: u32 = 8;
/// Most values that are tried for each test where many are made.
const SAMPLES: usize = 4_000;

/// The kinds of values.
#[derive(Debug)]
pub struct Domain<'r> {
    predicates: Predicates<'r>,
    pub kinds: Vec<Kind>,
    /// Whether every value is of one of the kinds.
    pub is_complete: bool,
}

/// A kind of value.
#[derive(Clone, Debug)]
pub struct Kind {
    pub stands_for: Stands,
    /// The outcomes that do not follow from the value, a bit each.
    bits: u64,
    /// How far-fetched an example with it is; [`ODD`] and beyond is what nobody sends.
    pub rank: u8,
}

/// The rank from which on a value is not what anybody would send there.
pub const ODD: u8 = 9;

/// What a kind is made of.
#[derive(Clone, Debug)]
pub enum Stands {
    Absent,
    Value(Value<'static>),
    /// Some other text: blank or not, and what it is in lower case where that matters.
    Text {
        is_blank: bool,
        folded: Option<String>,
    },
    /// Some other list with elements.
    List,
    /// Some other object with fields.
    Map,
    /// Anything of which only the outcomes are known.
    Unknown,
}

impl<'r> Domain<'r> {
    /// The kinds that these tests tell apart.
    pub fn new(tests: &[&'r Checks]) -> Self {
        let mut predicates = Predicates::default();
        let mut constants = Constants::default();
        for checks in tests {
            predicates.take(checks);
            constants.take(checks);
        }
        constants.combine(&predicates);
        predicates.relate_dates();
        let is_complete = predicates.all.len() <= 64;
        let mut domain = Self { predicates, kinds: Vec::new(), is_complete };
        domain.texts(&constants);
        domain.numbers(&constants);
        domain.others(&constants);
        domain.kinds.push(Kind { stands_for: Stands::Absent, bits: 0, rank: 3 });
        domain.unknown(&constants);
        domain.kinds.sort_by_key(|kind| kind.rank);
        domain
    }

    /// The two outcomes of a script.
    pub fn of_script() -> Self {
        let kind = |bits| Kind { stands_for: Stands::Unknown, bits, rank: ODD };
        Self { predicates: Predicates::default(), kinds: vec![kind(0), kind(1)], is_complete: true }
    }

    /// What finding the kinds cost, in tests.
    pub fn cost(&self) -> usize {
        self.kinds.len() * (1 + self.predicates.all.len())
    }

    fn texts(&mut self, constants: &Constants) {
        let natural = if constants.has_texts || constants.numbers.is_empty() && !constants.has_lists { 0 } else { ODD };
        if constants.has_dates {
            // A text that is no date fails a rule that compares dates; one far ahead is before nothing.
            self.value(&Value::text("2100-01-01"), natural);
            self.value(&Value::text(fresh(constants)), ODD);
        } else {
            self.value(&Value::text(fresh(constants)), natural + 1);
        }
        let spellings = constants.folded.iter().flat_map(|folded| spellings(folded));
        let spelled: Vec<String> = spellings.filter(|text| !constants.texts.contains(text)).collect();
        for text in constants.texts.iter().cloned() {
            self.value(&Value::text(text), natural);
        }
        for text in constants.made.iter().take(SAMPLES) {
            self.value(&Value::text(text.clone()), natural + 2);
        }
        for text in spelled {
            self.value(&Value::text(text), natural + 1);
        }
        for blank in ["", " "] {
            self.value(&Value::text(blank), if constants.has_blanks { natural + 4 } else { ODD });
        }
    }

    fn numbers(&mut self, constants: &Constants) {
        let (samples, is_complete) = number_sample::around(&constants.numbers);
        self.is_complete &= is_complete;
        let is_natural = !constants.numbers.is_empty();
        for (place, sample) in samples.into_iter().enumerate() {
            let rank = if place < constants.numbers.len() { 0 } else { 2 };
            self.value(&Value::Number(sample.text.into()), if is_natural && !sample.is_odd { rank } else { ODD });
        }
    }

    fn others(&mut self, constants: &Constants) {
        let natural = |is: bool, rank: u8| if is { rank } else { ODD };
        for truth in [true, false] {
            self.value(&Value::Bool(truth), natural(constants.has_truths, 0));
        }
        for whole in constants.wholes.iter().take(SAMPLES) {
            self.value(whole, natural(!constants.has_texts, 1));
        }
        self.value(&Value::List(Vec::new()), natural(constants.has_lists && constants.has_blanks, 4));
        let list = Value::List(vec![Value::text("other")]);
        self.value(&list, natural(constants.has_lists && !constants.has_texts, 2));
        self.value(&Value::Map(Vec::new()), ODD);
        self.value(&Value::Map(vec![("other".into(), Value::Bool(true))]), ODD);
    }

    /// Takes in a value, once for each outcome that depends on something else.
    fn value(&mut self, value: &Value<'static>, rank: u8) {
        let can_be = subsets(self.predicates.open.others).filter(|bits| self.predicates.dates_agree(*bits));
        for (place, bits) in can_be.enumerate() {
            let rank = if place == 0 { rank } else { rank.saturating_add(1) };
            self.kinds.push(Kind { stands_for: Stands::Value(value.clone()), bits, rank });
        }
        self.is_complete &= self.predicates.open.others.count_ones() <= FREE_OUTCOMES;
    }

    /// The kinds of which no value is known.
    fn unknown(&mut self, constants: &Constants) {
        let open = self.predicates.open;
        let largest = open.texts.count_ones().max(open.lists.count_ones()).max(open.maps.count_ones());
        self.is_complete &= largest <= FREE_OUTCOMES;
        if !self.is_complete {
            return;
        }
        let text = |is_blank, folded| (Stands::Text { is_blank, folded }, open.texts, u64::from(!is_blank), true);
        let mut classes = vec![text(false, None), text(true, None)];
        classes.extend(constants.folded.iter().map(|folded| text(is_blank(folded), Some(folded.clone()))));
        classes.push((Stands::List, open.lists, 1, false));
        classes.push((Stands::Map, open.maps, 0, false));
        for (stands_for, free, length, of_text) in classes {
            // Of objects no length is known, so that none is ruled out.
            let is_map = matches!(stands_for, Stands::Map);
            let is_blank = matches!(stands_for, Stands::Text { is_blank: true, .. });
            let is_fit = |bits: u64| !is_blank || self.predicates.agree_when_blank(bits);
            let can_be = |bits: &u64| is_map || self.predicates.agree(*bits, length, of_text) && is_fit(*bits);
            let can_be = |bits: &u64| can_be(bits) && self.predicates.dates_agree(*bits);
            for bits in subsets(free).filter(can_be) {
                self.kinds.push(Kind { stands_for: stands_for.clone(), bits, rank: ODD });
            }
        }
    }

    /// Whether the test holds of this kind of value.
    pub fn holds(&self, checks: &Checks, kind: &Kind) -> bool {
        checks.checks.iter().all(|check| self.operator(&check.operator, checks.ignore_case, kind))
    }

    /// Whether a script gives true, in the domain of a script.
    pub fn is_true(kind: &Kind) -> bool {
        kind.bits == 1
    }

    fn operator(&self, operator: &Operator, ignore_case: bool, kind: &Kind) -> bool {
        let is_set = || self.predicates.bit(operator).is_some_and(|bit| kind.bits & bit != 0);
        if let Comparator::Not(inner) = &operator.comparator {
            return self.holds(inner, kind) == operator.is_negated;
        }
        let value = match &kind.stands_for {
            Stands::Absent => return operator.hold_of(None, ignore_case).unwrap_or_default(),
            Stands::Value(value) => {
                let held = operator.hold_of(Some(value.view()), ignore_case);
                return held.unwrap_or_else(|| is_set() != operator.is_negated);
            }
            other => other,
        };
        let held = match &operator.comparator {
            Comparator::Property(Property::Present, wanted) => *wanted,
            Comparator::Property(Property::Empty, wanted) => match value {
                Stands::Text { is_blank, .. } => is_blank == wanted,
                _ => !wanted,
            },
            Comparator::Value(relation, _) if relation.is_equality() => {
                let folded = match value {
                    Stands::Text { folded: Some(folded), .. } if ignore_case => Some(folded.as_str()),
                    _ => None,
                };
                is_set() || folded.is_some_and(|folded| names(operator, folded))
            }
            // Nothing but what is free of such a value has a bit in it.
            Comparator::Value(..)
            | Comparator::Pattern(_)
            | Comparator::Date(..)
            | Comparator::Property(Property::Over | Property::IsDate, _)
            | Comparator::Length(_)
            | Comparator::Range(_)
            | Comparator::Within(_)
            | Comparator::Elements(..)
            | Comparator::Count(..)
            | Comparator::Field(..)
            | Comparator::Not(_)
            | Comparator::FoundIn(_) => is_set(),
        };
        held != operator.is_negated
    }
}

/// Whether the operator's constants have this text, in lower case.
fn names(operator: &Operator, folded: &str) -> bool {
    let is_it = |value: View<'_>| matches!(value.shape(), Shape::Text(text) if in_small(&text) == folded);
    let Some(constant) = operator.operand().and_then(|operand| operand.constant()) else { return false };
    match (operator.relation(), constant.view().shape()) {
        (Some(Relation::Member), Shape::List(list)) => list.iter().any(is_it),
        _ => is_it(constant.view()),
    }
}

/// Every choice of the bits in `free`; only none and all where they are too many.
fn subsets(free: u64) -> impl Iterator<Item = u64> {
    let is_small = free.count_ones() <= FREE_OUTCOMES;
    let mut next = Some(0_u64);
    std::iter::from_fn(move || {
        let subset = next?;
        let following = if is_small { subset.wrapping_sub(free) & free } else { free & !subset };
        next = (following != 0).then_some(following);
        Some(subset)
    })
}

/// A text that no test names.
fn fresh(constants: &Constants) -> String {
    let is_taken = |text: &String| constants.texts.contains(text) || constants.folded.contains(text);
    let numbered = (2..).map(|number| format!("other{number}"));
    let mut candidates = std::iter::once("other".to_owned()).chain(numbered);
    candidates.find(|text| !is_taken(text)).unwrap_or_default()
}

/// Other ways to write a text that is compared without regard to case.
fn spellings(folded: &str) -> Vec<String> {
    let mut letters = folded.chars();
    let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    let mut found = vec![folded.to_owned(), folded.to_uppercase(), capital];
    found.retain(|text| in_small(text) == *folded);
    found
}
