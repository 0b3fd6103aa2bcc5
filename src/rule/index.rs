//! Finds the rules that can hold of an event without looking at each: through a hash of the values they test for equality.
//!
//! The index only proposes; the same matcher that works without it decides (property test: both decide alike).
//! A rule is proposed by one of its equality tests that no test able to fail stands before, so that a rule is never
//! skipped where evaluating it would have been an error.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher, Hash as _, Hasher};

use super::condition::{Condition, Operator, Test};
use super::expression::From;
use super::table::Row;
use crate::event::{Shape, View, number};

/// The rules of one hook, by the values that must be there for them to hold. Positions are those in the program.
#[derive(Debug, Default)]
pub struct Index {
    /// Rules that no equality test proposes.
    always: Vec<usize>,
    gates: Vec<Gate>,
}

/// The rules proposed by the value of one slot.
#[derive(Debug)]
struct Gate {
    slot: usize,
    by_value: HashMap<u64, Vec<usize>, BuildHasherDefault<Hashed>>,
}

/// The keys of a gate are hashes already; hashing them again would double the price of asking.
#[derive(Debug, Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0 << 8 | u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// One rule's way in: a slot, and the hashes of the values it may have.
struct Way {
    slot: usize,
    hashes: Vec<u64>,
}

impl Index {
    /// Indexes the conditions of a program's entries: what the rule says, and behind it the row of its table.
    pub fn new(conditions: &[(&Condition, Option<&Row>)]) -> Self {
        let ways: Vec<Vec<Way>> = conditions.iter().map(|(when, row)| ways_in(when, *row)).collect();
        let mut crowd: HashMap<(usize, u64), usize> = HashMap::new();
        for way in ways.iter().flatten() {
            for hash in &way.hashes {
                *crowd.entry((way.slot, *hash)).or_default() += 1;
            }
        }
        let crowd_of = |way: &Way| -> usize {
            way.hashes.iter().map(|hash| crowd.get(&(way.slot, *hash)).copied().unwrap_or_default()).sum()
        };
        let mut index = Self::default();
        for (position, ways) in ways.iter().enumerate() {
            match ways.iter().min_by_key(|way| crowd_of(way)) {
                Some(way) => index.propose(position, way),
                None => index.always.push(position),
            }
        }
        index
    }

    fn propose(&mut self, position: usize, way: &Way) {
        let at = self.gates.iter().position(|gate| gate.slot == way.slot).unwrap_or_else(|| {
            self.gates.push(Gate { slot: way.slot, by_value: HashMap::default() });
            self.gates.len() - 1
        });
        let Some(gate) = self.gates.get_mut(at) else { return };
        for hash in &way.hashes {
            let positions = gate.by_value.entry(*hash).or_default();
            if positions.last() != Some(&position) {
                positions.push(position);
            }
        }
    }

    /// Starts a run through the proposed rules: `value_of` gives the hash of a slot's value.
    pub fn candidates(&self, mut value_of: impl FnMut(usize) -> Option<u64>) -> Candidates<'_> {
        let mut lists = Vec::with_capacity(self.gates.len() + 1);
        lists.push(&*self.always);
        lists.extend(self.gates.iter().map(|gate| gate.proposed(value_of(gate.slot))));
        Candidates { index: self, lists }
    }
}

impl Gate {
    fn proposed(&self, hash: Option<u64>) -> &[usize] {
        hash.and_then(|hash| self.by_value.get(&hash)).map_or(&[], Vec::as_slice)
    }
}

/// The rules still to be looked at.
#[derive(Debug)]
pub struct Candidates<'i> {
    index: &'i Index,
    /// `always`, then one list a gate; each ascending.
    lists: Vec<&'i [usize]>,
}

impl Candidates<'_> {
    /// The first proposed position that is not before `from`.
    pub fn next(&mut self, from: usize) -> Option<usize> {
        let mut first = None;
        for list in &mut self.lists {
            while let Some((head, rest)) = list.split_first().filter(|(head, _)| **head < from) {
                let _ = head;
                *list = rest;
            }
            if let Some(head) = list.first() {
                first = Some(first.map_or(*head, |known: usize| known.min(*head)));
            }
        }
        first
    }

    /// Takes note that values changed: the hashes of all slots are asked again.
    pub fn refresh(&mut self, mut value_of: impl FnMut(usize) -> Option<u64>) {
        for (gate, list) in self.index.gates.iter().zip(self.lists.iter_mut().skip(1)) {
            *list = gate.proposed(value_of(gate.slot));
        }
    }
}

/// The hash under which a value is found; lists, objects and null are found under none.
#[must_use]
pub fn hash_of(value: View<'_>) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    match value.shape() {
        Shape::Text(text) => (0_u8, &*text).hash(&mut hasher),
        Shape::Number(number) => (1_u8, number::worth(number)).hash(&mut hasher),
        Shape::Bool(value) => (2_u8, value).hash(&mut hasher),
        Shape::Null | Shape::List(_) | Shape::Map(_) => return None,
    }
    Some(hasher.finish())
}

/// The equality tests of an entry before which nothing can fail.
fn ways_in(condition: &Condition, row: Option<&Row>) -> Vec<Way> {
    let all: &[Condition] = match condition {
        Condition::Always => &[],
        Condition::All(all) => all,
        other => std::slice::from_ref(other),
    };
    let of_rule = all.iter().map(|condition| match condition {
        Condition::Test(test) => Some(test),
        _ => None,
    });
    let of_row = row.into_iter().flat_map(|row| row.tests.iter().flatten().map(Some));
    let mut ways = Vec::new();
    for test in of_rule.chain(of_row) {
        let Some(test) = test.filter(|test| test.checks.are_constant()) else { break };
        let Some(slot) = slot_of(test) else { break };
        if test.checks.ignore_case {
            continue;
        }
        let hashes = test.checks.checks.iter().find_map(|check| hashes_of(&check.operator));
        ways.extend(hashes.map(|hashes| Way { slot, hashes }));
    }
    ways
}

fn slot_of(test: &Test) -> Option<usize> {
    match test.subject.from {
        From::Slot(slot) => Some(slot),
        From::Binding(_) => None,
    }
}

fn hashes_of(operator: &Operator) -> Option<Vec<u64>> {
    match operator {
        Operator::Is(expression) => Some(vec![hash_of(expression.constant()?.view())?]),
        Operator::In(expression) => match expression.constant()?.view().shape() {
            Shape::List(list) => list.iter().map(hash_of).collect(),
            _ => None,
        },
        _ => None,
    }
}
