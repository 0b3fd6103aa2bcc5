//! Finds conditions that can hold together, by the values they require, without comparing each pair.

use std::collections::{BTreeSet, HashMap};

use super::clause::Clause;

/// A variable, and the hashes of the values it must have one of.
type Asked = (usize, Vec<u64>);

/// Conditions by the values without which they do not hold.
#[derive(Debug, Default)]
pub struct Intersection {
    always: Vec<usize>,
    by_variable: HashMap<usize, HashMap<u64, Vec<usize>>>,
}

impl Intersection {
    /// Conditions with their numbers; each alternative of a condition counts.
    pub fn new<'c, 'r: 'c>(conditions: impl Iterator<Item = (usize, &'c Clause<'r>)>) -> Self {
        let conditions: Vec<(usize, Vec<Asked>)> =
            conditions.map(|(number, clause)| (number, values(clause))).collect();
        let mut holders: HashMap<(usize, u64), usize> = HashMap::new();
        for (variable, hashes) in conditions.iter().flat_map(|(_, values)| values) {
            hashes.iter().for_each(|hash| *holders.entry((*variable, *hash)).or_default() += 1);
        }
        let crowd_of = |(variable, hashes): &&Asked| -> usize {
            hashes.iter().map(|hash| holders.get(&(*variable, *hash)).copied().unwrap_or_default()).sum()
        };
        let mut meeting = Self::default();
        for (number, values) in &conditions {
            match values.iter().min_by_key(crowd_of) {
                Some((variable, hashes)) => {
                    let by_hash = meeting.by_variable.entry(*variable).or_default();
                    hashes.iter().for_each(|hash| by_hash.entry(*hash).or_default().push(*number));
                }
                None => meeting.always.push(*number),
            }
        }
        meeting
    }

    /// The conditions that may hold together with these tests, in their order; at most `limit` below `before`.
    pub fn with(&self, clause: &Clause<'_>, before: usize, limit: usize) -> Vec<usize> {
        let asked: HashMap<usize, Vec<u64>> = values(clause).into_iter().collect();
        let mut found: BTreeSet<usize> = BTreeSet::new();
        let mut take = |numbers: &[usize]| {
            let earlier = numbers.iter().take_while(|number| **number < before);
            found.extend(earlier.take(limit));
        };
        take(&self.always);
        for (variable, by_hash) in &self.by_variable {
            match asked.get(variable) {
                Some(hashes) => hashes.iter().filter_map(|hash| by_hash.get(hash)).for_each(|numbers| take(numbers)),
                None => by_hash.values().take(limit).for_each(|numbers| take(numbers)),
            }
        }
        found.into_iter().take(limit).collect()
    }
}

fn values(clause: &Clause<'_>) -> Vec<Asked> {
    clause.iter().filter_map(|literal| Some((literal.variable, literal.values()?))).collect()
}
