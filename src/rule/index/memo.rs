//! Tests that several entries share, each evaluated at most once an event until its value changes.

use std::collections::HashMap;

use super::leading::Literal;
use super::lists::{Lists, narrow};
use super::values::Values;

/// The shared tests of an index.
#[derive(Debug, Default)]
pub(super) struct Tests {
    tests: Vec<Literal>,
    /// The tests of each slot.
    of_slot: Lists,
}

/// What is known of the shared tests in one event.
#[derive(Debug, Default)]
pub(super) struct Memo {
    /// By the test's number; empty before the first question.
    known: Vec<Option<bool>>,
}

impl Tests {
    /// Gathers the tests that several entries have; beside them, for each entry the numbers of its own.
    pub(super) fn shared(wanted: &[(u32, &Literal)]) -> (Self, Vec<(u32, u32)>) {
        let mut kinds: HashMap<String, usize> = HashMap::new();
        // Of each kind, where it stood first and how often it stands.
        let mut seen: Vec<(usize, usize)> = Vec::new();
        let mut kind_of = Vec::with_capacity(wanted.len());
        for (at, (_, literal)) in wanted.iter().enumerate() {
            let next = kinds.len();
            let kind = *kinds.entry(literal.spelling()).or_insert(next);
            if kind == next {
                seen.push((at, 0));
            }
            seen.get_mut(kind).into_iter().for_each(|(_, count)| *count += 1);
            kind_of.push(kind);
        }
        let mut tests: Vec<Literal> = Vec::new();
        let mut number = |(at, count): &(usize, usize)| {
            let (_, literal) = wanted.get(*at).filter(|_| *count > 1)?;
            tests.push((*literal).clone());
            Some(narrow(tests.len() - 1))
        };
        let numbers: Vec<Option<u32>> = seen.iter().map(&mut number).collect();
        let own = wanted.iter().zip(kind_of).filter_map(|((entry, _), kind)| Some((*entry, (*numbers.get(kind)?)?)));
        let own = own.collect();
        let slots = tests.iter().map(|test| test.slot + 1).max().unwrap_or_default();
        let of_slot = tests.iter().enumerate().map(|(n, test)| (narrow(test.slot), narrow(n))).collect();
        (Self { of_slot: Lists::new(slots, of_slot), tests }, own)
    }
}

impl Literal {
    /// Equal only for tests that are the same.
    pub(super) fn spelling(&self) -> String {
        let operators: Vec<_> = self.checks.checks.iter().map(|check| &check.operator).collect();
        format!("{} {} {} {operators:?}", self.slot, self.is_negated, self.checks.ignore_case)
    }

    /// Whether the test may hold: what depends on the clock is left to the matcher.
    pub(super) fn may_hold(&self, values: &mut impl Values) -> bool {
        let held = self.checks.hold_of(values.value(self.slot));
        held.is_none_or(|held| held != self.is_negated)
    }
}

impl Memo {
    /// Whether the shared test at `number` may hold.
    pub(super) fn may_hold(&mut self, tests: &Tests, number: usize, values: &mut impl Values) -> bool {
        if self.known.is_empty() {
            self.known = vec![None; tests.tests.len()];
        }
        let Some(known) = self.known.get_mut(number) else { return true };
        *known.get_or_insert_with(|| tests.tests.get(number).is_none_or(|test| test.may_hold(values)))
    }

    /// Forgets what depends on a slot.
    pub(super) fn forget(&mut self, tests: &Tests, slot: usize) {
        for number in tests.of_slot.get(slot) {
            if let Some(known) = self.known.get_mut(*number as usize) {
                *known = None;
            }
        }
    }
}
