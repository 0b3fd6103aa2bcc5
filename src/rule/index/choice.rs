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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::index::ranges::Range;

    /// A way by equality of a slot with these values.
    fn whole(slot: usize, keys: impl IntoIterator<Item = u64>) -> AccessPath {
        let facet = Facet { of: Of::Whole, is_folded: false };
        let keys = keys.into_iter().map(|key| Key::Value { slot, facet: facet.clone(), key }).collect();
        AccessPath { keys, covers: Some(slot) }
    }

    fn pattern(text: &str) -> AccessPath {
        AccessPath { keys: vec![Key::Pattern { slot: 9, pattern: text.to_owned() }], covers: None }
    }

    #[test]
    fn tests_for_equality_of_several_slots_are_taken_together_as_far_as_they_are_few() {
        for (ways, slots, keys) in [
            (vec![], &[][..], 0),
            (vec![whole(1, 0..3)], &[], 0),
            (vec![whole(1, 0..3), pattern("x")], &[], 0),
            (vec![whole(2, 0..2), pattern("x"), whole(1, 0..3)], &[1, 2], 6),
            // Of two tests of one slot the shorter.
            (vec![whole(1, 0..5), whole(2, 0..2), whole(1, 0..3)], &[1, 2], 6),
            (vec![whole(1, 0..4), whole(2, 0..4)], &[1, 2], 16),
            (vec![whole(1, 0..4), whole(2, 0..5)], &[], 0),
            (vec![whole(1, 0..4), whole(2, 0..5), whole(3, 0..1)], &[1, 3], 4),
        ] {
            let combined = Combined::of(&ways);
            let found = combined.as_ref().map_or((&[][..], 0), |combined| (&*combined.slots, combined.keys.len()));
            assert_eq!(found, (slots, keys));
            assert!(combined.is_none_or(|combined| combined.covers == combined.slots));
        }
    }

    #[test]
    fn combinations_that_many_share_come_first_and_there_are_only_so_many() {
        let of = |slots: [usize; 2]| Combined::of(&slots.map(|slot| whole(slot, [7])));
        let shared = [of([1, 2]), None, of([3, 4]), of([3, 4])];
        assert_eq!(combinations(&shared), HashMap::from([(vec![3, 4], 0), (vec![1, 2], 1)]));
        let many: Vec<_> = (0..2 * COMBINATIONS_LIMIT).map(|n| of([n, n + 1])).collect();
        assert_eq!(combinations(&many).len(), COMBINATIONS_LIMIT);
    }

    /// How the first of some entries is found, each of which has these ways.
    fn chosen(entries: &[Vec<AccessPath>]) -> String {
        let combined: Vec<_> = entries.iter().map(|ways| Combined::of(ways)).collect();
        let numbers = combinations(&combined);
        let numbered = |one: &'_ Option<Combined>| one.as_ref().map(|one| numbers[&one.slots]);
        let mut classes = CostClasses::default();
        for (ways, combined) in entries.iter().zip(&combined) {
            classes.add(ways, numbered(combined).zip(combined.as_ref()));
        }
        match classes.choose(&entries[0], numbered(&combined[0]).zip(combined[0].as_ref())) {
            Choice::Always => "always".to_owned(),
            Choice::Combined { combined, .. } => format!("{:?}", combined.slots),
            Choice::AccessPath(way) => match &way.keys[..] {
                [Key::Value { slot, .. }, ..] => format!("slot {slot}"),
                [Key::Pattern { .. }] => "pattern".to_owned(),
                [Key::Range { .. }] => "range".to_owned(),
                keys => format!("{keys:?}"),
            },
        }
    }

    #[test]
    fn the_way_is_chosen_that_proposes_fewest() {
        let beside = |count: u64, ways: &dyn Fn(u64) -> Vec<AccessPath>| (0..count).map(ways).collect::<Vec<_>>();
        assert_eq!(chosen(&[vec![]]), "always");
        // A pattern costs as much as eight entries.
        for (count, way) in [(8, "slot 1"), (9, "slot 1"), (10, "pattern")] {
            assert_eq!(chosen(&beside(count, &|n| vec![whole(1, [7]), pattern(&n.to_string())])), way, "{count}");
            assert_eq!(chosen(&beside(count, &|_| vec![whole(1, [7]), pattern("x")])), "slot 1", "{count}");
        }
        assert_eq!(chosen(&beside(3, &|n| vec![whole(1, [7]), whole(2, [n])])), "slot 2");
        // Of 80 ranges that are closed an eighth counts, of open ones half.
        for (high, least) in [(Some(2.0), 18), (None, 48)] {
            let range = || Key::Range { slot: 3, range: Range::between(Some(1.0), high) };
            for (same, way) in [(least, "slot 1"), (least + 1, "range")] {
                let by_value = |n| whole(1, [if n < same { 7 } else { n + 100 }]);
                let ways = |n| vec![by_value(n), AccessPath { keys: vec![range()], covers: None }];
                assert_eq!(chosen(&beside(80, &ways)), way, "{high:?} {same}");
            }
        }
        // Together they must spare more than half.
        for (same, way) in [(1, "[1, 2]"), (3, "[1, 2]"), (4, "slot 1")] {
            let ways = |n| {
                vec![whole(1, [if n < 7 { 7 } else { n + 100 }]), whole(2, [if n < same || n >= 7 { 7 } else { n }])]
            };
            assert_eq!(chosen(&beside(14, &ways)), way, "{same}");
        }
    }
}
