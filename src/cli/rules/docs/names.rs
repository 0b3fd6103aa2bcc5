//! Describes the names that a rule reads and `let` binds.

use std::collections::BTreeSet;

use super::page::{Item, Line};
use super::value::{long_script, value};
use crate::rule::{
    Action, Binding, Bound, Checks, Condition, Deliver, Expression, Free, Numbers, Read, ReadFrom, Rule, RuleSet, Test,
};

/// What each bound name that the rule reads stands for, in the order in which they are bound.
pub fn items(set: &RuleSet, rule: &Rule) -> Vec<Item> {
    let mut reads = Reads::default();
    reads.condition(&rule.when);
    reads.actions(&rule.actions);
    if let Some(table) = &rule.table {
        table.inputs.iter().for_each(|input| reads.found.push(input.read.clone()));
        for row in &table.rows {
            row.tests.iter().flatten().for_each(|test| reads.test(test));
            reads.actions(&row.actions);
        }
    }
    let mut bound = BTreeSet::new();
    while let Some(read) = reads.found.pop() {
        let ReadFrom::Binding(number) = read.from else { continue };
        let Some(binding) = set.bindings.get(number).filter(|_| bound.insert(number)) else { continue };
        binding.value.expression().reads(&mut reads.found);
    }
    bound.into_iter().filter_map(|number| set.bindings.get(number)).map(|binding| item(set, binding)).collect()
}

fn item(set: &RuleSet, binding: &Binding) -> Item {
    let name = Line::default().code(binding.name.as_str());
    match &binding.value {
        Bound::Value(expression) => match long_script(expression) {
            Some(script) => {
                Item { line: name.text(" is what this script gives:"), code: Some(script), inner: Vec::new() }
            }
            None => name.text(" is ").line(value(expression)).into(),
        },
        Bound::Rows { lookup, key, all } => {
            let lookup = set.lookups.get(*lookup).map_or("", |lookup| &lookup.name);
            let which = if *all { " is the list of all rows" } else { " is the first row" };
            name.text(format!("{which} of the lookup ")).code(lookup).text(" under ").line(value(key)).into()
        }
        Bound::Free(free) => free_name(set, name, free),
    }
}

/// `login` is the first of these that the lookup `taken` has no row for: …
fn free_name(set: &RuleSet, name: Line, free: &Free) -> Item {
    let lookup = set.lookups.get(free.lookup).map_or("", |lookup| &lookup.name);
    let forms = match &free.forms {
        Expression::List(forms) => forms.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut line = name.text(" is the first of these that the lookup ").code(lookup).text(" has no row for: ");
    for (place, form) in forms.iter().enumerate() {
        line = if place == 0 { line } else { line.text(", then ") }.line(value(form));
    }
    if let Some(Numbers { first, last, digits }) = free.numbers {
        line = line
            .text(format!(", then the last of them with a number from {first:0digits$} to {last:0digits$} behind it"));
    }
    if let Some(longest) = free.longest {
        line = line.text(format!(", each cut to at most {longest} characters"));
    }
    line.into()
}

/// Collects the names that parts of a rule read.
#[derive(Default)]
struct Reads {
    found: Vec<Read>,
}

impl Reads {
    fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::Always => {}
            Condition::All(all) | Condition::Any(all) => all.iter().for_each(|condition| self.condition(condition)),
            Condition::Not(inner) => self.condition(inner),
            Condition::Test(test) => self.test(test),
            Condition::Script(script) => script.value.reads(&mut self.found),
        }
    }

    fn test(&mut self, test: &Test) {
        self.found.push(test.subject.clone());
        self.checks(&test.checks);
    }

    fn checks(&mut self, checks: &Checks) {
        for check in &checks.checks {
            check.operator.inner().into_iter().for_each(|inner| self.checks(inner));
            check.operator.compares_with().into_iter().for_each(|operand| operand.reads(&mut self.found));
        }
    }

    fn actions(&mut self, actions: &[Action]) {
        actions.iter().filter_map(expression).for_each(|expression| expression.reads(&mut self.found));
        for action in actions {
            if let Action::Take(_, taken) = action {
                taken.checks().into_iter().for_each(|checks| self.checks(checks));
            }
        }
    }
}

fn expression(action: &Action) -> Option<&Expression> {
    match action {
        Action::Set(_, expression)
        | Action::Default(_, expression)
        | Action::Add(_, expression)
        | Action::MappedValue(expression)
        | Action::Deprovision(expression)
        | Action::Script(expression)
        | Action::Deliver(Deliver { body: expression, .. }) => Some(expression),
        Action::Take(_, taken) => taken.value(),
        Action::Reject { .. } | Action::Remove(_) | Action::Stop => None,
    }
}
