//! Finds which tests prove which rules, by running every test.

use super::page::{Item, Line};
use crate::engine::Outcome;
use crate::engine::testing::case;
use crate::engine::testing::case::{CaseVerdict, Surroundings};
use crate::gateway::Live;
use crate::rule::{Case, Mode};

/// What came of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    Passed,
    Failed,
    NotRun,
}

/// A test, and by their places in the set the rules that held in it.
#[derive(Debug)]
pub struct Proof<'l> {
    pub case: &'l Case,
    pub came: Came,
    /// With the rows of their tables.
    pub held: Vec<(usize, Vec<usize>)>,
}

/// Runs every test.
pub fn prove<'l>(live: &'l Live, surroundings: &Surroundings) -> Vec<Proof<'l>> {
    let set = &live.rules;
    let prove = |case: &'l Case| {
        let result = case::run(set, case, &live.tables, surroundings);
        let rules = set.rules.iter().enumerate().filter(|(_, rule)| rule.hooks.contains(&case.hook));
        let held = rules.zip(result.trace).filter(|(_, trace)| matches!(trace.outcome, Outcome::Held));
        let came = match result.verdict {
            CaseVerdict::Passed => Came::Passed,
            CaseVerdict::Failed(_) => Came::Failed,
            CaseVerdict::Error(_) => Came::NotRun,
        };
        Proof { case, came, held: held.map(|((number, _), trace)| (number, trace.rows)).collect() }
    };
    set.cases.iter().map(prove).collect()
}

impl Proof<'_> {
    #[must_use]
    pub fn is_of(&self, rule: usize) -> bool {
        self.held.iter().any(|(held, _)| *held == rule)
    }

    #[must_use]
    pub fn hits(&self, rule: usize, row: usize) -> bool {
        self.held.iter().any(|(held, rows)| *held == rule && rows.contains(&row))
    }

    /// What came of it, what it is called, where it stands.
    #[must_use]
    pub fn item(&self) -> Item {
        let came = match self.came {
            Came::Passed => Line::of("✓ passed: "),
            Came::Failed => Line::default().strong("✗ failed").text(": "),
            Came::NotRun => Line::default().strong("✗ could not be run").text(": "),
        };
        came.text(self.case.name.as_str()).text(" (").code(self.case.place().file_line()).text(")").into()
    }
}

/// The rows of the rules in force that no test that passed hits: the rule's place, and the rows counted from 0.
pub fn unproved_rows(live: &Live, proofs: &[Proof<'_>]) -> Vec<(usize, Vec<usize>)> {
    let in_force = live.rules.rules.iter().enumerate().filter(|(_, rule)| rule.mode != Mode::Off);
    let is_hit = |rule, row| proofs.iter().any(|proof| proof.came == Came::Passed && proof.hits(rule, row));
    let rows = in_force.filter_map(|(number, rule)| {
        let rows = 0..rule.table.as_ref()?.rows.len();
        Some((number, rows.filter(|row| !is_hit(number, *row)).collect::<Vec<_>>()))
    });
    rows.filter(|(_, rows)| !rows.is_empty()).collect()
}

/// The rules in force, by their places, that held in no test that passed.
pub fn unproved(live: &Live, proofs: &[Proof<'_>]) -> Vec<usize> {
    let in_force = live.rules.rules.iter().enumerate().filter(|(_, rule)| rule.mode != Mode::Off);
    let is_proved = |rule| proofs.iter().any(|proof| proof.came == Came::Passed && proof.is_of(rule));
    in_force.map(|(rule, _)| rule).filter(|rule| !is_proved(*rule)).collect()
}
