//! Chooses among an entry's access paths the one that is likely to propose the fewest entries in vain.

use std::collections::HashMap;

use super::access_path::{AccessPath, Key};
use super::key::{Facet, Of};
use crate::event::mixed;

/// Slots whose values make keys together cost a question each event, so that there are only so many combinations.
const COMBINATIONS_LIMIT: usize = 32;
/// Of a list of values in several tests every combination is a key.
const KEYS_LIMIT: usize = 16;
/// What asking costs beside an entry looked at in vain.
const PATTERN_COST: usize = 8;
const TEST_COST: usize = 1_000;

/// How often each key stands among all ways, which is how many entries it proposes at most.
#[derive(Debug, Default)]
pub(super) struct CostClasses {
    keys: HashMap<(usize, Facet, u64), usize>,
    patterns: HashMap<(usize, String), usize>,
    ranges: HashMap<usize, usize>,
    combined: HashMap<(usize, u64), usize>,
}

/// An entry's tests for equality taken together.
#[derive(Debug)]
pub(super) struct Combined {
    /// Ascending.
    pub slots: Vec<usize>,
    pub keys: Vec<u64>,
    /// The demands that it stands for.
    pub covers: Vec<usize>,
}

/// What was chosen for an entry.
#[derive(Debug)]
pub(super) enum Choice<'w> {
    Always,
    AccessPath(&'w AccessPath),
    Combined { combination: usize, combined: &'w Combined },
}

impl Combined {
    /// The tests for equality among an entry's ways, when there are several.
    pub(super) fn of(ways: &[AccessPath]) -> Option<Self> {
        let mut tests: Vec<(usize, &AccessPath)> = ways.iter().filter_map(|way| Some((equality(way)?, way))).collect();
        tests.sort_by_key(|(slot, way)| (*slot, way.keys.len()));
        tests.dedup_by_key(|(slot, _)| *slot);
        // Where there would be too many keys, the longest lists stay out.
        while tests.iter().map(|(_, way)| way.keys.len()).product::<usize>() > KEYS_LIMIT {
            let longest = tests.iter().enumerate().max_by_key(|(_, (_, way))| way.keys.len()).map(|(n, _)| n);
            tests.remove(longest?);
        }
        if tests.len() < 2 {
            return None;
        }
        let mut keys: Option<Vec<u64>> = None;
        for (_, way) in &tests {
            let own =
                way.keys.iter().filter_map(|key| if let Key::Value { key, .. } = key { Some(*key) } else { None });
            let own: Vec<u64> = own.collect();
            keys = Some(match keys {
                None => own,
                Some(keys) => keys.iter().flat_map(|key| own.iter().map(|part| mixed(*key, *part))).collect(),
            });
        }
        Some(Self {
            slots: tests.iter().map(|(slot, _)| *slot).collect(),
            keys: keys?,
            covers: tests.iter().filter_map(|(_, way)| way.covers).collect(),
        })
    }
}

/// The slot that a way tests for equality with certain values, if it does that and no more.
fn equality(way: &AccessPath) -> Option<usize> {
    let facet = Facet { of: Of::Whole, is_folded: false };
    let mut slots = way.keys.iter().map(|key| match key {
        Key::Value { slot, facet: own, .. } if *own == facet => Some(*slot),
        _ => None,
    });
    let first = slots.next()??;
    slots.all(|slot| slot == Some(first)).then_some(first)
}

/// The combinations that most entries share, with their numbers.
pub(super) fn combinations(all: &[Option<Combined>]) -> HashMap<Vec<usize>, usize> {
    let mut counts: HashMap<&[usize], usize> = HashMap::new();
    for combined in all.iter().flatten() {
        *counts.entry(&combined.slots).or_default() += 1;
    }
    let mut counts: Vec<(&[usize], usize)> = counts.into_iter().collect();
    counts.sort_unstable_by_key(|(slots, count)| (std::cmp::Reverse(*count), *slots));
    counts.into_iter().take(COMBINATIONS_LIMIT).enumerate().map(|(n, (slots, _))| (slots.to_vec(), n)).collect()
}

impl CostClasses {
    /// Counts what one entry offers.
    pub(super) fn add(&mut self, ways: &[AccessPath], combined: Option<(usize, &Combined)>) {
        for key in ways.iter().flat_map(|way| &way.keys) {
            let count = match key {
                Key::Value { slot, facet, key } => self.keys.entry((*slot, facet.clone(), *key)).or_default(),
                Key::Pattern { slot, pattern } => self.patterns.entry((*slot, pattern.clone())).or_default(),
                Key::Range { slot, .. } => self.ranges.entry(*slot).or_default(),
                Key::Test(_) => continue,
            };
            *count += 1;
        }
        for (number, key) in
            combined.iter().flat_map(|(number, combined)| combined.keys.iter().map(|key| (*number, *key)))
        {
            *self.combined.entry((number, key)).or_default() += 1;
        }
    }

    /// The way in that proposes least.
    pub(super) fn choose<'w>(&self, ways: &'w [AccessPath], combined: Option<(usize, &'w Combined)>) -> Choice<'w> {
        let cost_of = |way: &&AccessPath| way.keys.iter().map(|key| self.cost(key)).sum::<usize>();
        let best = ways.iter().min_by_key(cost_of);
        let together = combined.map(|(number, combined)| {
            let keys = combined.keys.iter().map(|key| (number, *key));
            let cost: usize = keys.map(|key| self.combined.get(&key).copied().unwrap_or_default()).sum();
            (cost, Choice::Combined { combination: number, combined })
        });
        match (best, together) {
            // One value is asked for less than several; twice as many entries must be spared.
            (Some(way), Some((cost, together))) if 2 * cost < cost_of(&way) => together,
            (Some(way), _) => Choice::AccessPath(way),
            (None, _) => Choice::Always,
        }
    }

    fn cost(&self, key: &Key) -> usize {
        let count = match key {
            Key::Value { slot, facet, key } => self.keys.get(&(*slot, facet.clone(), *key)),
            Key::Pattern { slot, pattern } => self.patterns.get(&(*slot, pattern.clone())),
            Key::Range { slot, .. } => self.ranges.get(slot),
            Key::Test(_) => None,
        };
        let count = count.copied().unwrap_or_default();
        match key {
            Key::Value { .. } => count,
            Key::Pattern { .. } => PATTERN_COST + count,
            // Of limits on one side about half hold, of limits on both a few.
            Key::Range { range, .. } => PATTERN_COST + if range.is_closed() { count / 8 } else { count / 2 },
            Key::Test(_) => TEST_COST,
        }
    }
}
