//! Iterates over the entries that can hold of one event.

use super::bits::Bits;
use super::gates::Index;
use super::key::scalar;
use super::memo::Memo;
use super::values::Values;
use crate::event::mixed;

/// The entries still to be looked at.
#[derive(Debug)]
pub struct Candidates<'i> {
    index: &'i Index,
    proposed: Bits,
    memo: Memo,
    /// The keys of the slots that make keys together.
    keys: Vec<Option<u64>>,
}

impl Index {
    /// Starts a run: asks every gate.
    pub fn candidates(&self, values: &mut impl Values) -> Candidates<'_> {
        let mut proposed = Bits::new(self.count);
        self.always.iter().for_each(|entry| proposed.insert(*entry as usize));
        let keys = vec![None; self.combined_slots.len()];
        let mut candidates = Candidates { index: self, proposed, memo: Memo::default(), keys };
        candidates.ask(values, |_| true);
        candidates
    }
}

impl Candidates<'_> {
    /// The first entry not before `from` that may hold.
    pub fn next(&mut self, from: usize, values: &mut impl Values) -> Option<usize> {
        let mut next = from;
        loop {
            let entry = self.proposed.next(next)?;
            let filters = self.index.filters.get(entry);
            if filters.iter().all(|test| self.memo.may_hold(&self.index.shared, *test as usize, values)) {
                return Some(entry);
            }
            next = entry + 1;
        }
    }

    /// Takes note that the values of some slots changed: the gates that read them are asked again.
    /// What was proposed stays so; the matcher sees that it does not hold.
    pub fn refresh(&mut self, changed: &[usize], values: &mut impl Values) {
        changed.iter().for_each(|slot| self.memo.forget(&self.index.shared, *slot));
        self.ask(values, |slot| changed.contains(&slot));
    }

    fn ask(&mut self, values: &mut impl Values, is_asked: impl Fn(usize) -> bool) {
        let Index { facets, patterns, ranges, tests, .. } = self.index;
        let mut propose = |entries: &[u32]| entries.iter().for_each(|entry| self.proposed.insert(*entry as usize));
        for (gate, (slot, facet)) in facets.iter().enumerate().filter(|(_, (slot, _))| is_asked(*slot)) {
            if let Some(value) = values.value(*slot) {
                facet.keys(value, |key| propose(self.index.under(gate, key)));
            }
        }
        for patterns in patterns.iter().filter(|patterns| is_asked(patterns.slot)) {
            if let Some(value) = values.value(patterns.slot) {
                patterns.propose(value, &mut propose);
            }
        }
        for ranges in ranges.iter().filter(|ranges| is_asked(ranges.slot)) {
            if let Some(value) = values.value(ranges.slot) {
                ranges.propose(value, &mut propose);
            }
        }
        for (test, entries) in tests.iter().filter(|(test, _)| is_asked(test.slot)) {
            if test.may_hold(values) {
                propose(entries);
            }
        }
        self.ask_combinations(values, is_asked);
    }

    fn ask_combinations(&mut self, values: &mut impl Values, is_asked: impl Fn(usize) -> bool) {
        let mut is_any_asked = false;
        for (slot, key) in self.index.combined_slots.iter().zip(&mut self.keys) {
            if is_asked(*slot) {
                is_any_asked = true;
                *key = values.value(*slot).and_then(|value| scalar(value, false));
            }
        }
        if !is_any_asked {
            return;
        }
        for (n, places) in self.index.combinations.iter().enumerate() {
            let parts = places.iter().map(|place| self.keys.get(*place).copied().flatten());
            let key = parts.reduce(|key, part| Some(mixed(key?, part?))).flatten();
            let entries = key.map_or(&[][..], |key| self.index.under(self.index.facets.len() + n, key));
            entries.iter().for_each(|entry| self.proposed.insert(*entry as usize));
        }
    }
}
