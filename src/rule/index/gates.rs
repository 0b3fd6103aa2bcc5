//! The index: the tests by which entries are proposed, and what a proposed entry must pass before it is evaluated.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use super::key::Facet;
use super::leading::Literal;
use super::lists::Lists;
use super::memo::Tests;
use super::patterns::Patterns;
use super::ranges::Ranges;
use crate::event::{Quick, mixed};

/// Finds the entries of a program that can hold. Positions are those in the program.
///
/// It only proposes; the same matcher that works without it decides (property test: both decide alike).
#[derive(Debug, Default)]
pub struct Index {
    /// How many entries there are.
    pub(super) count: usize,
    /// Entries that nothing proposes.
    pub(super) always: Vec<u32>,
    /// What of which slot makes keys.
    pub(super) facets: Vec<(usize, Facet)>,
    /// Slots whose values make keys together.
    pub(super) combined_slots: Vec<usize>,
    /// Which of them, by their places.
    pub(super) combinations: Vec<Vec<usize>>,
    /// The entries under a key: of a facet, or behind the facets of a combination.
    pub(super) keys: HashMap<u64, Under, BuildHasherDefault<Quick>>,
    pub(super) keyed: Lists,
    pub(super) patterns: Vec<Patterns>,
    pub(super) ranges: Vec<Ranges>,
    /// Tests that are tried one by one, each with the entries that it proposes.
    pub(super) tests: Vec<(Literal, Vec<u32>)>,
    pub(super) shared: Tests,
    /// The shared tests that each entry must pass.
    pub(super) filters: Lists,
}

/// What is under a key: mostly one entry, which is then not looked up elsewhere.
#[derive(Clone, Copy, Debug)]
pub(super) enum Under {
    One(u32),
    List(u32),
}

impl Index {
    /// The entries under a key of a gate.
    pub(super) fn under(&self, gate: usize, key: u64) -> &[u32] {
        match self.keys.get(&mixed(key, gate as u64)) {
            None => &[],
            Some(Under::One(entry)) => std::slice::from_ref(entry),
            Some(Under::List(list)) => self.keyed.get(*list as usize),
        }
    }
}
