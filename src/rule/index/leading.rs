//! The leading tests of an entry: those evaluated before anything can fail; only they may leave it out.
//!
//! If a later test left it out, an event would be decided that fails when each rule is evaluated in turn.

use std::sync::Arc;

use crate::rule::condition::{Checks, Condition, Test};
use crate::rule::expression::ReadFrom;
use crate::rule::table::Row;

/// Something that must hold of an event for an entry to hold.
#[derive(Debug)]
pub(super) enum Required {
    One(Literal),
    /// At least one of these, each a list of what must hold together.
    Either(Vec<Vec<Required>>),
}

/// A test of a value of the event that comes out the same whenever the value is the same, and never fails.
#[derive(Clone, Debug)]
pub(super) struct Literal {
    pub slot: usize,
    pub checks: Arc<Checks>,
    /// Whether they must not hold.
    pub is_negated: bool,
}

/// The leading conditions of an entry: what its rule says, and behind it the row of its table.
pub(super) fn leading(when: &Condition, row: Option<&Row>) -> Vec<Required> {
    let mut demands = Vec::new();
    gather(when, false, &mut demands);
    // A `when` that can fail is proposed by an entry of its own, so that it does not stand between the row and its tests.
    let mut tests = row.iter().flat_map(|row| row.tests.iter().flatten());
    tests.all(|test| gather_test(test, false, &mut demands));
    demands
}

/// Whether evaluating the condition never fails.
pub fn is_certain(condition: &Condition) -> bool {
    match condition {
        Condition::Always => true,
        Condition::All(several) | Condition::Any(several) => several.iter().all(is_certain),
        Condition::Not(inner) => is_certain(inner),
        Condition::Test(test) => literal(test, false).is_some(),
        Condition::Script(_) => false,
    }
}

/// Adds what the condition (or, negated, its opposite) demands; whether it was all of it and nothing in it can fail.
fn gather(condition: &Condition, is_negated: bool, demands: &mut Vec<Required>) -> bool {
    match (condition, is_negated) {
        // That it never holds is nothing that a value could show.
        (Condition::Always, _) => true,
        (Condition::All(several), false) | (Condition::Any(several), true) => {
            several.iter().all(|condition| gather(condition, is_negated, demands))
        }
        (Condition::Not(inner), _) => gather(inner, !is_negated, demands),
        (Condition::Test(test), _) => gather_test(test, is_negated, demands),
        (Condition::Any(several), false) | (Condition::All(several), true) => {
            let is_certain = several.iter().all(is_certain);
            if is_certain {
                let alternative = |condition| {
                    let mut demands = Vec::new();
                    gather(condition, is_negated, &mut demands);
                    demands
                };
                demands.push(Required::Either(several.iter().map(alternative).collect()));
            }
            is_certain
        }
        (Condition::Script(_), _) => false,
    }
}

fn gather_test(test: &Test, is_negated: bool, demands: &mut Vec<Required>) -> bool {
    let literal = literal(test, is_negated);
    let is_certain = literal.is_some();
    demands.extend(literal.map(Required::One));
    is_certain
}

fn literal(test: &Test, is_negated: bool) -> Option<Literal> {
    match test.subject.from {
        ReadFrom::Slot(slot) if test.checks.never_fail() && !test.is_on_secret => {
            Some(Literal { slot, checks: Arc::clone(&test.checks), is_negated })
        }
        _ => None,
    }
}
