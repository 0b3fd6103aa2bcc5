//! Collects what a rule is made of: the names that it tests, and the values that it computes.

use crate::rule::{Action, Checks, Condition, Expression, Read, ReadFrom, Rule, RuleSet, Test};

/// What a rule is made of, names of `let` that it reads included.
#[derive(Default)]
pub struct Parts<'r> {
    /// Names whose values are tested.
    subjects: Vec<&'r Read>,
    expressions: Vec<&'r Expression>,
    /// The names of `let` that it reads, by their places, in the order in which they are bound.
    pub bound: Vec<usize>,
}

impl<'r> Parts<'r> {
    /// The parts of a rule.
    pub fn of(set: &'r RuleSet, rule: &'r Rule) -> Self {
        let mut parts = Self::default();
        parts.condition(&rule.when);
        parts.actions(&rule.actions);
        if let Some(table) = &rule.table {
            table.inputs.iter().for_each(|input| parts.subjects.push(&input.read));
            for row in &table.rows {
                row.tests.iter().flatten().for_each(|test| parts.test(test));
                parts.actions(&row.actions);
            }
        }
        parts.bind(set);
        parts
    }

    /// The values that it computes, those of the names that it reads in front.
    pub fn expressions(&self) -> &[&'r Expression] {
        &self.expressions
    }

    /// Finds the names of `let` that it reads, and those that they read.
    fn bind(&mut self, set: &'r RuleSet) {
        let mut found: Vec<Read> = self.subjects.iter().map(|read| (*read).clone()).collect();
        self.expressions.iter().for_each(|expression| expression.reads(&mut found));
        let mut computed = Vec::new();
        while let Some(read) = found.pop() {
            let ReadFrom::Binding(number) = read.from else { continue };
            let Some(binding) = set.bindings.get(number).filter(|_| !self.bound.contains(&number)) else { continue };
            self.bound.push(number);
            for expression in binding.value.values() {
                expression.reads(&mut found);
                computed.push((number, expression));
            }
        }
        self.bound.sort_unstable();
        computed.sort_by_key(|(number, _)| *number);
        self.expressions.splice(0..0, computed.into_iter().map(|(_, expression)| expression));
    }

    fn condition(&mut self, condition: &'r Condition) {
        match condition {
            Condition::Always => {}
            Condition::All(all) | Condition::Any(all) => all.iter().for_each(|condition| self.condition(condition)),
            Condition::Not(inner) => self.condition(inner),
            Condition::Test(test) => self.test(test),
            Condition::Script(script) => self.expressions.push(&script.value),
        }
    }

    fn test(&mut self, test: &'r Test) {
        self.subjects.push(&test.subject);
        self.checks(&test.checks);
    }

    fn checks(&mut self, checks: &'r Checks) {
        for check in &checks.checks {
            check.operator.inner().into_iter().for_each(|inner| self.checks(inner));
            self.expressions.extend(check.operator.compares_with());
        }
    }

    fn actions(&mut self, actions: &'r [Action]) {
        self.expressions.extend(actions.iter().filter_map(Action::value));
        for action in actions {
            if let Action::Take(_, taken) = action {
                taken.checks().into_iter().for_each(|checks| self.checks(checks));
            }
        }
    }
}
