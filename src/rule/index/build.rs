//! Builds an index from the conditions of a program's entries.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasherDefault;

use super::access_path::{AccessPath, Key, ways};
use super::choice::{Choice, Combined, CostClasses, combinations};
use super::gates::{Index, Under};
use super::key::Facet;
use super::leading::{Literal, Required, leading};
use super::lists::{Lists, narrow};
use super::memo::Tests;
use super::patterns::Patterns;
use super::ranges::{Range, Ranges};
use crate::event::{Quick, mixed};
use crate::rule::condition::Condition;
use crate::rule::table::Row;

impl Index {
    /// Indexes the conditions of a program's entries: what the rule says, and behind it the row of its table.
    pub fn new(entries: &[(&Condition, Option<&Row>)]) -> Self {
        let demands: Vec<Vec<Required>> = entries.iter().map(|(when, row)| leading(when, *row)).collect();
        let all_ways: Vec<Vec<AccessPath>> = demands
            .iter()
            .map(|demands| demands.iter().enumerate().flat_map(|(n, demand)| ways(n, demand)).collect())
            .collect();
        let all_combined: Vec<Option<Combined>> = all_ways.iter().map(|ways| Combined::of(ways)).collect();
        let numbers = combinations(&all_combined);
        let numbered = |combined: &'_ Option<Combined>| -> Option<usize> {
            combined.as_ref().and_then(|combined| numbers.get(&combined.slots)).copied()
        };
        let mut classes = CostClasses::default();
        for (ways, combined) in all_ways.iter().zip(&all_combined) {
            classes.add(ways, numbered(combined).zip(combined.as_ref()));
        }
        let mut gathered = Gathered::default();
        let mut filters: Vec<(u32, &Literal)> = Vec::new();
        for (n, ((ways, combined), demands)) in all_ways.iter().zip(&all_combined).zip(&demands).enumerate() {
            let entry = narrow(n);
            let choice = classes.choose(ways, numbered(combined).zip(combined.as_ref()));
            gathered.add(entry, &choice);
            let rest = demands.iter().enumerate().filter(|(n, _)| !choice.covers(*n));
            filters.extend(rest.filter_map(|(_, demand)| match demand {
                Required::One(literal) => Some((entry, literal)),
                Required::Either(_) => None,
            }));
        }
        let mut index = gathered.into_index(entries.len(), &numbers);
        // Tests that an entry has alone are the matcher's.
        let (shared, own) = Tests::shared(&filters);
        (index.shared, index.filters) = (shared, Lists::new(entries.len(), own));
        index
    }
}

impl Choice<'_> {
    fn covers(&self, demand: usize) -> bool {
        match self {
            Choice::Always => false,
            Choice::AccessPath(way) => way.covers == Some(demand),
            Choice::Combined { combined, .. } => combined.covers.contains(&demand),
        }
    }
}

/// The chosen ways, by what asks for them.
#[derive(Debug, Default)]
struct Gathered {
    always: Vec<u32>,
    values: BTreeMap<(usize, Facet), Vec<(u64, u32)>>,
    combined: BTreeMap<usize, Vec<(u64, u32)>>,
    patterns: BTreeMap<usize, Vec<(String, u32)>>,
    ranges: BTreeMap<usize, Vec<(Range, u32)>>,
    tests: Vec<(Literal, Vec<u32>)>,
    test_numbers: HashMap<String, usize>,
}

impl Gathered {
    fn add(&mut self, entry: u32, choice: &Choice<'_>) {
        match choice {
            Choice::Always => self.always.push(entry),
            Choice::AccessPath(way) => way.keys.iter().for_each(|key| self.add_key(entry, key)),
            Choice::Combined { combination, combined } => {
                let keys = combined.keys.iter().map(|key| (*key, entry));
                self.combined.entry(*combination).or_default().extend(keys);
            }
        }
    }

    fn add_key(&mut self, entry: u32, key: &Key) {
        match key {
            Key::Value { slot, facet, key } => {
                self.values.entry((*slot, facet.clone())).or_default().push((*key, entry));
            }
            Key::Pattern { slot, pattern } => self.patterns.entry(*slot).or_default().push((pattern.clone(), entry)),
            Key::Range { slot, range } => self.ranges.entry(*slot).or_default().push((*range, entry)),
            Key::Test(literal) => {
                let number = *self.test_numbers.entry(literal.spelling()).or_insert_with(|| {
                    self.tests.push((literal.clone(), Vec::new()));
                    self.tests.len() - 1
                });
                self.tests.get_mut(number).into_iter().for_each(|(_, entries)| entries.push(entry));
            }
        }
    }

    fn into_index(self, count: usize, combinations: &HashMap<Vec<usize>, usize>) -> Index {
        let facets: Vec<(usize, Facet)> = self.values.keys().cloned().collect();
        // Only what is asked for: an entry that could be found by several values may have found a better way.
        let asked: Vec<&Vec<usize>> = {
            let by_number: HashMap<usize, &Vec<usize>> = combinations.iter().map(|(slots, n)| (*n, slots)).collect();
            self.combined.keys().filter_map(|number| by_number.get(number).copied()).collect()
        };
        let mut combined_slots: Vec<usize> = asked.iter().copied().flatten().copied().collect();
        combined_slots.sort_unstable();
        combined_slots.dedup();
        let place = |slot: &usize| combined_slots.binary_search(slot).unwrap_or_default();
        let combinations = asked.iter().map(|slots| slots.iter().map(place).collect()).collect();
        let gates = self.values.values().chain(self.combined.values()).enumerate();
        let of_gate = |(gate, under): (usize, &Vec<(u64, u32)>)| {
            under.iter().map(|(key, entry)| (mixed(*key, gate as u64), *entry)).collect::<Vec<_>>()
        };
        let (keys, keyed) = under_keys(gates.flat_map(of_gate).collect());
        Index {
            count,
            always: self.always,
            facets,
            combinations,
            combined_slots,
            keys,
            keyed,
            patterns: self.patterns.into_iter().map(|(slot, wanted)| Patterns::new(slot, wanted)).collect(),
            ranges: self.ranges.into_iter().map(|(slot, wanted)| Ranges::new(slot, &wanted)).collect(),
            tests: self.tests,
            ..Index::default()
        }
    }
}

/// Sorts entries by their keys.
fn under_keys(mut wanted: Vec<(u64, u32)>) -> (HashMap<u64, Under, BuildHasherDefault<Quick>>, Lists) {
    wanted.sort_unstable();
    wanted.dedup();
    let (mut keys, mut pairs, mut lists) = (HashMap::default(), Vec::new(), 0);
    for same in wanted.chunk_by(|(a, _), (b, _)| a == b) {
        match same {
            [(key, entry)] => {
                keys.insert(*key, Under::One(*entry));
            }
            [(key, _), ..] => {
                keys.insert(*key, Under::List(narrow(lists)));
                pairs.extend(same.iter().map(|(_, entry)| (narrow(lists), *entry)));
                lists += 1;
            }
            [] => {}
        }
    }
    (keys, Lists::new(lists, pairs))
}
