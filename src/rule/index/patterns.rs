//! Tries all regular expressions of a field at once, and writes them in the form needed for that.

use regex::{RegexSet, RegexSetBuilder};

use super::lists::Lists;
use crate::event::{Shape, View, nfc};
use crate::rule::condition::PATTERN_LIMIT_BYTES;

/// More patterns than these are tried in several sets: in a large one, values never seen before cost more than they save.
const PATTERNS_PER_SET: usize = 500;

/// The patterns of one slot, and the entries each proposes.
#[derive(Debug)]
pub(super) struct Patterns {
    pub slot: usize,
    sets: Vec<RegexSet>,
    entries: Lists,
    /// Entries of patterns that could not be put into a set; any text proposes them.
    others: Vec<u32>,
}

impl Patterns {
    /// Puts the patterns of a slot together; each stands beside the entry that it proposes.
    pub(super) fn new(slot: usize, mut wanted: Vec<(String, u32)>) -> Self {
        wanted.sort_unstable();
        let mut distinct: Vec<&str> = wanted.iter().map(|(pattern, _)| pattern.as_str()).collect();
        distinct.dedup();
        let (mut sets, mut pairs, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for patterns in distinct.chunks(PATTERNS_PER_SET) {
            let entries = |pattern: &str| {
                let first = wanted.partition_point(|(other, _)| other.as_str() < pattern);
                let same = wanted.iter().skip(first).take_while(move |(other, _)| other == pattern);
                same.map(|(_, entry)| *entry).collect::<Vec<_>>()
            };
            let Some(set) = together(patterns) else {
                others.extend(patterns.iter().flat_map(|pattern| entries(pattern)));
                continue;
            };
            for (n, pattern) in patterns.iter().enumerate() {
                let list = super::lists::narrow(sets.len() * PATTERNS_PER_SET + n);
                pairs.extend(entries(pattern).into_iter().map(|entry| (list, entry)));
            }
            sets.push(set);
        }
        Self { slot, entries: Lists::new(sets.len() * PATTERNS_PER_SET, pairs), sets, others }
    }

    /// Gives out the entries whose pattern is found in the value.
    pub(super) fn propose(&self, value: View<'_>, mut found: impl FnMut(&[u32])) {
        let Shape::Text(text) = value.shape() else { return };
        let text = nfc(&text);
        found(&self.others);
        for (n, set) in self.sets.iter().enumerate() {
            // Whether any is found is far cheaper to tell than which.
            if set.is_match(&text) {
                set.matches(&text).iter().for_each(|at| found(self.entries.get(n * PATTERNS_PER_SET + at)));
            }
        }
    }
}

fn together(patterns: &[&str]) -> Option<RegexSet> {
    let limit = PATTERNS_PER_SET * PATTERN_LIMIT_BYTES;
    RegexSetBuilder::new(patterns).size_limit(limit).dfa_size_limit(PATTERN_LIMIT_BYTES).build().ok()
}

/// A pattern as it stands in a set, where each has its own manners.
pub(super) fn spelled(pattern: &str, ignore_case: bool) -> String {
    if ignore_case { format!("(?i){pattern}") } else { pattern.to_owned() }
}

/// The pattern that finds a text.
pub(super) fn escaped(text: &str) -> String {
    regex::escape(text)
}
