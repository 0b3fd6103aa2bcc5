//! The rules under analysis: conditions as alternative clauses, findings, and the work that may still be spent.

use std::collections::BTreeSet;

use super::call;
use super::finding::{Call, Claim, Finding};
use super::solver::clause::Clause;
use super::solver::{Budget, Found, Variables, Wish, Witness, clause, search_any};
use super::write::Writes;
use crate::diagnostic::Diagnostic;
use crate::rule::{Action, Hit, Mode, Row, Rule, RuleSet, Table};

/// Tests that one check may look at: about two seconds.
const TESTS_OF_A_CHECK: usize = 10_000_000;

/// Most conditions of earlier rules that an example avoids.
const EARLIER_ENDS: usize = 50;

/// The rules under analysis.
pub struct RuleModel<'r> {
    pub set: &'r RuleSet,
    pub variables: Variables<'r>,
    pub rules: Vec<Surveyed<'r>>,
    /// Places of the rules that may change the user.
    pub changing: BTreeSet<usize>,
    /// The conditions under which rules end the event, in the rules' order.
    pub ends: Vec<(usize, Clause<'r>)>,
    pub budget: Budget,
    pub found: Vec<Finding>,
}

/// A rule's conditions.
pub struct Surveyed<'r> {
    pub rule: &'r Rule,
    /// The guard and its own condition; `None` when they have too many alternatives.
    pub when: Option<Vec<Clause<'r>>>,
    /// What the rows of its table test.
    pub rows: Vec<Clause<'r>>,
}

impl<'r> RuleModel<'r> {
    pub fn new(set: &'r RuleSet, writes: &'r Writes) -> Self {
        let mut variables = Variables::new(&set.bindings, writes);
        let mut surveyed = |rule: &'r Rule| {
            let when = clause::alternatives(&rule.when, &mut variables);
            let rows = rule.table.iter().flat_map(|table| &table.rows);
            let tests = |row: &'r Row| row.tests.iter().flatten();
            let rows = rows.map(|row| tests(row).map(|test| clause::literal(test, &mut variables)).collect());
            let rows = rows.collect();
            Surveyed { rule, when, rows }
        };
        let rules: Vec<Surveyed<'r>> = set.rules.iter().map(&mut surveyed).collect();
        let ends = |(place, rule): (usize, &Surveyed<'r>)| rule.ends().into_iter().map(move |clause| (place, clause));
        let ends = rules.iter().enumerate().flat_map(ends).collect();
        let enforced = set.rules.iter().enumerate().filter(|(_, rule)| rule.mode == Mode::Enforce);
        let changing = enforced.filter(|(_, rule)| !Writes::of([*rule]).is_empty()).map(|(place, _)| place).collect();
        Self { set, variables, rules, changing, ends, budget: Budget { left: TESTS_OF_A_CHECK }, found: Vec::new() }
    }

    /// The rules that are not off, by their places in the set.
    pub fn places(&self) -> impl Iterator<Item = usize> + use<> {
        let on = self.set.rules.iter().enumerate().filter(|(_, rule)| rule.mode != Mode::Off);
        on.map(|(place, _)| place).collect::<Vec<_>>().into_iter()
    }

    /// Better examples than those found, where there are any: such as no earlier rule ends, but for those in `but`.
    pub fn reaching(
        &mut self,
        place: usize,
        required: &[Clause<'r>],
        avoid: &[&Clause<'r>],
        but: &[usize],
        found: Vec<Witness>,
    ) -> Vec<Witness> {
        let hooks = self.set.rules.get(place).map_or(&[][..], |rule| &rule.hooks);
        let is_ahead = |other: usize| {
            !but.contains(&other)
                && self.set.rules.get(other).is_some_and(|rule| rule.hooks.iter().any(|hook| hooks.contains(hook)))
        };
        let earlier = self.ends.iter().take_while(|(other, _)| *other < place).filter(|(other, _)| is_ahead(*other));
        let earlier = earlier.take(EARLIER_ENDS).map(|(_, clause)| clause);
        let all: Vec<&Clause<'r>> = avoid.iter().copied().chain(earlier).collect();
        if all.len() == avoid.len() {
            return found;
        }
        match search_any(required, &all, Wish::Any, &mut self.budget) {
            Found::Examples(mut better) => {
                better.extend(found);
                better
            }
            Found::Never | Found::Unknown => found,
        }
    }

    /// Events with these values, on the hooks given.
    pub fn calls(&self, hooks: &[usize], witnesses: &[Witness]) -> Vec<Call> {
        call::calls(self.set, &self.variables, hooks, witnesses)
    }

    /// Notes a finding, with the events that may show it on the rule's hooks.
    pub fn note(&mut self, place: usize, finding: Diagnostic, claim: Claim, witnesses: &[Witness], is_certain: bool) {
        let hooks = self.set.rules.get(place).map_or(&[][..], |rule| &rule.hooks);
        let calls = self.calls(hooks, witnesses);
        let finding = Finding::certain(finding).shown_by(claim, calls);
        self.found.push(if is_certain { finding } else { finding.if_shown() });
    }
}

impl<'r> Surveyed<'r> {
    /// The alternatives of which one holds where the rule does: those of its rows, where it has a table.
    pub fn alternatives(&self) -> Option<Vec<Clause<'r>>> {
        let when = self.when.as_ref()?;
        match &self.rule.table {
            None => Some(when.clone()),
            Some(_) => clause::both(when, &self.rows),
        }
    }

    /// The alternatives with each of which the rule ends the event, in one way or another.
    pub fn ends(&self) -> Vec<Clause<'r>> {
        // One that is skipped where it fails may let its events go on.
        let is_sure = self.rule.mode == Mode::Enforce && !self.rule.skips;
        let Some(when) = self.when.as_ref().filter(|_| is_sure) else { return Vec::new() };
        let ends_anyway = self.rule.actions.iter().any(ends);
        let Some(table) = &self.rule.table else { return if ends_anyway { when.clone() } else { Vec::new() } };
        let row_ends = |row: &Row| ends_anyway || row.actions.iter().any(ends);
        let ending = table.rows.iter().zip(&self.rows);
        let rows: Vec<Clause<'r>> = match table.hit {
            Hit::First => ending.take_while(|(row, _)| row_ends(row)).map(|(_, clause)| clause.clone()).collect(),
            Hit::Unique | Hit::Collect => {
                ending.filter(|(row, _)| row_ends(row)).map(|(_, clause)| clause.clone()).collect()
            }
        };
        clause::both(when, &rows).unwrap_or_default()
    }
}

/// Whether no later rule is looked at once this is done.
pub fn ends(action: &Action) -> bool {
    matches!(action, Action::Reject { .. } | Action::MappedValue(_) | Action::Deprovision(_) | Action::Stop)
}

/// The place of a row, followed by that of its rule where that is another file: a remark above the rule counts for both.
pub fn with_rule(finding: Diagnostic, rule: &Rule, table: &Table) -> Diagnostic {
    if table.is_csv { finding.related(rule.place(), "the table of this rule") } else { finding }
}
