//! Warns of values that a rule needs and that may be absent: without one the rule fails.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::code::codes;
use crate::diagnostic::{Diagnostic, Place};
use crate::event::{Hook, OnFailure, Path, Root, Segment};
use crate::lint::finding::Finding;
use crate::lint::guard;
use crate::lint::guard::Guards;
use crate::lint::rule_model::{RuleModel, ends, with_rule};
use crate::lint::write::{Writes, meet};
use crate::rule::{
    Action, Bound, Checks, Comparator, Condition, Expression, Function, Mode, Read, ReadFrom, Relation, Rule, RuleSet,
    Source,
};

codes! {
    MAY_BE_ABSENT = "H824", "a value that may be absent where the rule needs it", r#"
A warning: every field is optional, and no test before this template makes sure that the field is there. When it is
absent the rule fails, and the changes of all rules are dropped.
```yaml
rules:
  - name: mail-address
    hook: preCreateUser
    set: { user.email: "${user.firstName}.${user.lastName}@corp.example" }
```
Test `empty: false` in `when`, or give a value to use instead: `${user.lastName ?? user.login ?? "unknown"}`. If later
rules may run without this one, write `on_failure: skip`.
"#;
}

/// Tells of each such value, once a rule.
pub fn look(survey: &mut RuleModel<'_>) {
    let set = survey.set;
    let writes = Writes::of(&set.rules);
    let mut found = Vec::new();
    let left = Cell::new(survey.budget.left);
    for place in survey.places() {
        // One that is skipped where it fails has said what becomes of it.
        let Some(rule) = set.rules.get(place).filter(|rule| !rule.skips && rule.may_enforce()) else {
            continue;
        };
        let mut look =
            Look { set, place, rule, writes: &writes, left: &left, told: BTreeSet::new(), found: Vec::new() };
        look.rule();
        found.append(&mut look.found);
    }
    survey.budget.left = left.get();
    survey.found.append(&mut found);
}

struct Look<'r> {
    set: &'r RuleSet,
    place: usize,
    rule: &'r Rule,
    writes: &'r Writes,
    /// Conditions of earlier rules that may still be looked at; beyond them nothing is told.
    left: &'r Cell<usize>,
    told: BTreeSet<String>,
    found: Vec<Finding>,
}

impl<'r> Look<'r> {
    fn rule(&mut self) {
        let rule = self.rule;
        self.condition(&rule.when, &Guards::default());
        let guards = Guards::of(&rule.when);
        for (row, table) in rule.table.iter().flat_map(|table| table.rows.iter().map(move |row| (row, table))) {
            let place = Place { file: table.file.clone(), span: row.span.clone() };
            for test in row.tests.iter().flatten() {
                let others = guards.and(row.tests.iter().flatten().filter(|other| !std::ptr::eq(*other, test)));
                for finding in self.compared(&test.checks, &others, &place) {
                    self.found.push(Finding::certain(with_rule(finding, rule, table)));
                }
            }
            let guards = guards.and(row.tests.iter().flatten());
            let mut done = Vec::new();
            for action in &row.actions {
                for finding in self.action(action, &guards, &done, &place) {
                    self.found.push(Finding::certain(with_rule(finding, rule, table)));
                }
                done.push(action);
            }
        }
        let mut done = Vec::new();
        for action in &rule.actions {
            let found = self.action(action, &guards, &done, &rule.place());
            self.found.extend(found.into_iter().map(Finding::certain));
            done.push(action);
        }
    }

    /// What conditions compare with: the test that compares keeps nothing out itself, those beside it do.
    fn condition(&mut self, condition: &'r Condition, others: &Guards<'r>) {
        let parts = guard::parts(condition);
        for part in &parts {
            let beside = others.with(parts.iter().copied().filter(|other| !std::ptr::eq(*other, *part)));
            match part {
                Condition::Always | Condition::Script(_) => {}
                Condition::All(several) | Condition::Any(several) => {
                    several.iter().for_each(|one| self.condition(one, &beside));
                }
                Condition::Not(inner) => self.condition(inner, &beside),
                Condition::Test(test) => {
                    let found = self.compared(&test.checks, &beside, &self.rule.place());
                    self.found.extend(found.into_iter().map(Finding::certain));
                }
            }
        }
    }

    /// The values that operators compare with and that may be absent.
    fn compared(&mut self, checks: &'r Checks, guards: &Guards<'r>, at: &Place) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for check in &checks.checks {
            if let Some(inner) = check.operator.inner() {
                found.append(&mut self.compared(inner, guards, at));
            }
            // An absent date lies nowhere in time, and fails nothing.
            if let Comparator::Value(relation, operand) = &check.operator.comparator {
                let mut reads = Vec::new();
                self.needed(operand, guards, &mut reads);
                // Of a list that is written out each element is a value.
                let stand_in = match (relation, operand) {
                    (Relation::Member, Expression::Read(_)) => StandIn::List,
                    _ => StandIn::Text,
                };
                found.append(&mut self.told(reads, guards, at, stand_in));
            }
        }
        found
    }

    /// Tells of those that nothing sees to, each once a place.
    fn told(
        &mut self,
        mut reads: Vec<&'r Read>,
        guards: &Guards<'r>,
        at: &Place,
        stand_in: StandIn,
    ) -> Vec<Diagnostic> {
        reads.retain(|read| !self.is_there(read, guards));
        let told = &mut self.told;
        reads.retain(|read| told.insert(format!("{} {}", read.path, at.span.start)));
        reads.into_iter().map(|read| self.finding(read, at, stand_in)).collect()
    }

    /// The values of an action that may be absent. `done` is what the rule has done before.
    fn action(&mut self, action: &'r Action, guards: &Guards<'r>, done: &[&'r Action], at: &Place) -> Vec<Diagnostic> {
        let is_script = matches!(action, Action::Script(_));
        let mut reads = Vec::new();
        action.values().filter(|_| !is_script).for_each(|value| self.needed(value, guards, &mut reads));
        reads.retain(|read| !done.iter().any(|action| sets(action, &read.path)));
        let mut found = self.told(reads, guards, at, StandIn::Text);
        if let Action::Take(_, taken) = action {
            found.extend(taken.checks().into_iter().flat_map(|checks| self.compared(checks, guards, at)));
        }
        found
    }

    /// The names of which one that is absent leaves the value absent, or fails it.
    fn needed(&self, value: &'r Expression, guards: &Guards<'r>, found: &mut Vec<&'r Read>) {
        match value {
            // A script has words of its own for what is absent.
            Expression::Constant(_) | Expression::Script(_) => {}
            Expression::Read(read) => self.needed_name(read, guards, found),
            Expression::Template(parts) | Expression::List(parts) => {
                parts.iter().for_each(|part| self.needed(part, guards, found));
            }
            Expression::Map(fields) => fields.iter().for_each(|(_, field)| self.needed(field, guards, found)),
            Expression::Coalesce(first, second) => self.last_of([&**first, &**second], guards, found),
            Expression::Call(function, values) if is_choice(function) => {
                // Of blank values one is as good as none to `first_filled`.
                let counts = |value: &&Expression| {
                    function.name != "first_filled" || value.constant().is_none_or(|value| !value.view().is_empty())
                };
                self.last_of(values.iter().filter(counts), guards, found);
            }
            Expression::Call(function, _) if function.hears_absent() => {}
            Expression::Call(_, values) => values.iter().for_each(|value| self.needed(value, guards, found)),
        }
    }

    /// Of several values of which the first that is there counts: nothing where one is there, else what the last needs.
    fn last_of(
        &self,
        values: impl IntoIterator<Item = &'r Expression>,
        guards: &Guards<'r>,
        found: &mut Vec<&'r Read>,
    ) {
        let mut last = Vec::new();
        for value in values {
            last.clear();
            self.needed(value, guards, &mut last);
            last.retain(|read| !self.is_there(read, guards));
            if last.is_empty() {
                return;
            }
        }
        found.append(&mut last);
    }

    fn needed_name(&self, read: &'r Read, guards: &Guards<'r>, found: &mut Vec<&'r Read>) {
        // Names that read names many times double with each.
        self.left.set(self.left.get().saturating_sub(1));
        if guards.keep(read) || self.left.get() == 0 {
            return;
        }
        let ReadFrom::Binding(number) = read.from else { return found.push(read) };
        match self.set.bindings.get(number).map(|binding| &binding.value) {
            Some(Bound::Value(value)) if read.path.segments.is_empty() => self.needed(value, guards, found),
            Some(Bound::Rows { all: true, .. }) if read.path.segments.is_empty() => {}
            Some(Bound::Free(free)) if read.path.segments.is_empty() => {
                free.forms.iter().for_each(|form| self.needed(form, guards, found));
            }
            // A table has its columns in each row: where the row was asked for, they are there.
            Some(Bound::Rows { lookup, .. }) if self.is_table(*lookup) && guards.keep_any_of(number) => {}
            _ => found.push(read),
        }
    }

    fn is_table(&self, lookup: usize) -> bool {
        self.set.lookups.get(lookup).is_some_and(|lookup| matches!(lookup.source, Source::Table(_)))
    }

    /// Whether the name has a value whenever this rule comes to it, whatever the rule itself asks.
    fn is_there(&self, read: &Read, guards: &Guards<'r>) -> bool {
        let path = &read.path;
        match (&path.root, path.segments.as_slice()) {
            (Root::Hook | Root::Now | Root::Setting, _) | (Root::User | Root::Request, []) => return true,
            (Root::Caller, [Segment::Key(field)]) if **field == *"address" => return true,
            (Root::Request, [Segment::Key(field)]) if ["targetAttribute", "passwordText"].contains(&&**field) => {
                return true;
            }
            _ => {}
        }
        self.rule.hooks.iter().all(|hook| self.is_there_on(*hook, read, guards))
    }

    /// Whether an earlier rule on the hook sees to it: it sets the field, or ends the event where the field is absent.
    fn is_there_on(&self, hook: usize, read: &Read, guards: &Guards<'r>) -> bool {
        let earlier = self.set.rules.iter().take(self.place).rev().filter(|rule| rule.hooks.contains(&hook));
        for rule in earlier.filter(|rule| rule.mode == Mode::Enforce) {
            self.left.set(self.left.get().saturating_sub(1));
            if self.left.get() == 0 {
                return true;
            }
            let is_sure = !rule.skips && rule.table.is_none() && self.holds_of_absent(&rule.when, read, guards);
            let sees_to_it = |action: &Action| sets(action, &read.path) || ends(action);
            if is_sure && rule.actions.iter().any(sees_to_it) {
                return true;
            }
            let removes = |action: &&Action| matches!(action, Action::Remove(target) if meet(&target.path, &read.path));
            if crate::lint::write::actions(rule).any(|action| removes(&action)) {
                return false;
            }
        }
        false
    }

    /// Whether the condition of an earlier rule certainly holds where the name is absent and this rule holds: each part
    /// is one of this rule's too, and on nothing that rules change, or holds of an absent value.
    fn holds_of_absent(&self, when: &Condition, read: &Read, guards: &Guards<'r>) -> bool {
        guard::parts(when).into_iter().all(|part| {
            let is_shared = || guards.has(part) && !guard::reads(part).iter().any(|path| self.writes.touch(path));
            guard::of_absent(part, read) == Some(true) || is_shared()
        })
    }

    fn finding(&self, read: &Read, at: &Place, stand_in: StandIn) -> Diagnostic {
        let message = format!("`{}` may be absent here, and then rule `{}` fails", read.path, self.rule.name);
        let place = self.written(read, at);
        let mut becomes: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for hook in self.rule.hooks.iter().filter_map(|hook| self.set.hooks.rows.get(*hook)) {
            becomes.entry(answered(hook)).or_default().push(format!("`{}`", hook.name));
        }
        let becomes: Vec<String> =
            becomes.iter().map(|(answer, hooks)| format!("on {} {answer}", hooks.join(" and "))).collect();
        let becomes = becomes.join("; ");
        let path = &read.path;
        let spelling = stand_in.spelling();
        let what = format!(
            "test `{path}: {{ empty: false }}` in `when`, or give a value to use instead: `${{{path} ?? {spelling}}}`"
        );
        let mut finding = Diagnostic::error(&MAY_BE_ABSENT, place, message).help(what);
        if let (StandIn::List, Some((binding, column))) = (stand_in, self.column_of_one_row(read)) {
            finding = finding.help(format!(
                "`{binding}` is one row; for `{column}` of all rows write `let: {{ {binding}: {{ …, all: true }} }}`, and \
                 `'${{column({binding}, \"{column}\")}}'` here"
            ));
        }
        let finding = finding.help(format!("when it is absent, {becomes}"));
        match self.rule.answers().next() {
            Some(_) => finding,
            None => finding.help("if later rules may run without this one, write `on_failure: skip`"),
        }
    }

    /// The name of the binding and of the column, where one is read of a lookup that answers a single row.
    fn column_of_one_row(&self, read: &'r Read) -> Option<(&'r str, &'r str)> {
        let ReadFrom::Binding(number) = read.from else { return None };
        let binding = self.set.bindings.get(number)?;
        match (&binding.value, read.path.segments.as_slice()) {
            (Bound::Rows { all: false, .. }, [Segment::Key(column)]) => Some((&binding.name, column)),
            _ => None,
        }
    }

    /// Where the name stands in the rule, as far as it can be found.
    fn written(&self, read: &Read, at: &Place) -> Place {
        let text = &at.file.text;
        let is_rule = at.span == self.rule.span;
        let later = self.set.rules.get(self.place + 1).filter(|next| next.file.name == at.file.name);
        let end = match (is_rule, later) {
            (false, _) => at.span.end,
            (true, Some(next)) => next.span.start,
            (true, None) => text.len(),
        };
        let name = read.path.to_string();
        let within = text.get(at.span.start..end).unwrap_or_default();
        let is_whole = |found: &(usize, &str)| {
            let after = within.get(found.0 + name.len()..).and_then(|rest| rest.chars().next());
            !after.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '[' | ':'))
        };
        let templates = within.find("${").unwrap_or_default();
        match within.match_indices(&name).filter(|(found, _)| *found > templates).find(is_whole) {
            Some((found, _)) => {
                let start = at.span.start + found;
                Place { file: at.file.clone(), span: start..start + name.len() }
            }
            None => at.clone(),
        }
    }
}

/// What a value that is absent can be replaced by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum StandIn {
    Text,
    List,
}

impl StandIn {
    fn spelling(self) -> &'static str {
        match self {
            Self::Text => "\"…\"",
            Self::List => "[]",
        }
    }
}

/// Whether the function answers the first of its values that is there.
fn is_choice(function: &Function) -> bool {
    ["coalesce", "first_filled"].contains(&function.name)
}

/// Whether after this the field certainly has a value.
fn sets(action: &Action, path: &Path) -> bool {
    match action {
        Action::Set(target, value) | Action::Default(target, value) => {
            target.path == *path && value.constant().is_none_or(|value| !value.view().is_null())
        }
        Action::Add(target, _) => target.path == *path,
        _ => false,
    }
}

/// What becomes of an event in which a rule fails.
fn answered(hook: &Hook) -> String {
    match &hook.on_failure {
        OnFailure::Reject(code) => format!("the person is refused with `{code}`"),
        OnFailure::Unavailable => "the platform gets no answer (503)".to_owned(),
        OnFailure::Undecided => hook.kind.undecided().after_failure.to_owned(),
    }
}
