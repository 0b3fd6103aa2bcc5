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
    /// Numbers the tests that `literals` has more than once. `Literal::spelling` tells which are the same.
    pub(super) fn shared(literals: impl Iterator<Item = Literal>) -> (Self, HashMap<String, u32>) {
        let mut seen: HashMap<String, Option<u32>> = HashMap::new();
        let mut tests = Vec::new();
        for literal in literals {
            match seen.entry(literal.spelling()) {
                std::collections::hash_map::Entry::Vacant(entry) => {
                    entry.insert(None);
                }
                std::collections::hash_map::Entry::Occupied(mut entry) if entry.get().is_none() => {
                    entry.insert(Some(narrow(tests.len())));
                    tests.push(literal);
                }
                std::collections::hash_map::Entry::Occupied(_) => {}
            }
        }
        let slots = tests.iter().map(|test| test.slot + 1).max().unwrap_or_default();
        let pairs = tests.iter().enumerate().map(|(n, test)| (narrow(test.slot), narrow(n))).collect();
        let numbers = seen.into_iter().filter_map(|(spelling, number)| Some((spelling, number?))).collect();
        (Self { tests, of_slot: Lists::new(slots, pairs) }, numbers)
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
