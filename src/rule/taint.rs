//! Whether a value is computed from a secret, and which secrets are written out, as far as it can be seen before any event.

use std::collections::HashSet;

use super::action::{Action, Taken};
use super::binding::{Binding, Bound};
use super::condition::{Checks, Condition, Operator};
use super::expression::{Expression, Read, ReadFrom};
use super::set::Rule;
use super::target::Target;
use crate::event::secret::{Secret, SecretNames};
use crate::event::{Path, Root, Segment, Shape, View, canonical_field, is_blank};

/// A text of a rule file that is a secret, or a part of one.
#[derive(Debug)]
pub struct WrittenSecret {
    /// The name under which it stands.
    pub name: String,
    pub text: Secret<String>,
    /// Whether the rule gives it to somebody; else it only compares a secret with it.
    pub is_given: bool,
}

/// A secret that the value is computed from.
#[must_use]
pub fn secret_in(expression: &Expression, bindings: &[Binding], names: &SecretNames) -> Option<Path> {
    Taint { bindings, names, clean: HashSet::new() }.within(expression)
}

/// A secret in the value that does not stand under a secret's name.
pub(super) fn leak_in(expression: &Expression, bindings: &[Binding], names: &SecretNames) -> Option<Path> {
    match expression {
        Expression::List(parts) => parts.iter().find_map(|part| leak_in(part, bindings, names)),
        Expression::Map(fields) => {
            let plain = fields.iter().filter(|(key, _)| !names.has_key(key));
            plain.map(|(_, field)| field).find_map(|field| leak_in(field, bindings, names))
        }
        other => secret_in(other, bindings, names),
    }
}

/// The search for a secret that a value is computed from.
struct Taint<'r> {
    bindings: &'r [Binding],
    names: &'r SecretNames,
    /// Names of `let` that have none, or are being looked at: names that read names many times are looked at once.
    clean: HashSet<usize>,
}

impl Taint<'_> {
    fn within(&mut self, expression: &Expression) -> Option<Path> {
        match expression {
            Expression::Constant(_) => None,
            Expression::Read(read) => self.behind(read),
            Expression::Call(function, _) if function.is_silent() => None,
            Expression::Template(parts) | Expression::Call(_, parts) | Expression::List(parts) => {
                parts.iter().find_map(|part| self.within(part))
            }
            Expression::Coalesce(first, second) => self.within(first).or_else(|| self.within(second)),
            // A script may tell in a hundred ways what it read.
            Expression::Script(script) => script.reads.iter().find_map(|read| self.behind(read)),
            Expression::Map(fields) => fields.iter().find_map(|(_, field)| self.within(field)),
        }
    }

    fn behind(&mut self, read: &Read) -> Option<Path> {
        match read.from {
            ReadFrom::Slot(_) => self.names.has(&read.path).then(|| read.path.clone()),
            // A name is bound above the place where it is read, so that this ends.
            ReadFrom::Binding(binding) => match &self.bindings.get(binding)?.value {
                Bound::Rows { .. } | Bound::Value(Expression::Read(_)) if self.names.has_key_in(&read.path) => {
                    Some(read.path.clone())
                }
                _ if !self.clean.insert(binding) => None,
                bound => bound.values().find_map(|value| self.within(value)),
            },
        }
    }
}

/// Whether the condition holds only where the platform asks for a password, as an event tells it.
#[must_use]
pub fn is_asked_for_a_secret(condition: &Condition, names: &SecretNames) -> bool {
    match condition {
        Condition::All(parts) => parts.iter().any(|part| is_asked_for_a_secret(part, names)),
        Condition::Test(test) => {
            let field = test.subject.path.keys().next().map(canonical_field);
            let is_secret = |name: View<'_>| match (name.shape(), field) {
                (Shape::Text(name), Some("targetAttribute")) => names.has_key(&name),
                (Shape::Text(name), Some("cymmetrifield")) => names.has_key(&name) || names.has_field(&name),
                _ => false,
            };
            let asks = |operator: &Operator| {
                let names = operator.equal_to().filter(|_| !operator.is_negated);
                names.is_some_and(|names| !names.is_empty() && names.into_iter().all(is_secret))
            };
            test.subject.path.root == Root::Request && test.checks.checks.iter().any(|check| asks(&check.operator))
        }
        _ => false,
    }
}

/// The secrets that a rule has written out: under the name of a secret, or as the value of one that the platform asks for.
#[must_use]
pub fn written_secrets(rule: &Rule, bindings: &[Binding], names: &SecretNames) -> Vec<WrittenSecret> {
    let mut search = Search { bindings, names, followed: HashSet::new(), found: Vec::new() };
    let is_asked = is_asked_for_a_secret(&rule.when, names);
    let rows = rule.table.iter().flat_map(|table| &table.rows);
    for action in rows.clone().flat_map(|row| &row.actions).chain(&rule.actions) {
        search.action(action, is_asked);
    }
    search.condition(&rule.when);
    for test in rows.flat_map(|row| row.tests.iter().flatten()) {
        search.test(&test.subject.path, &test.checks);
    }
    search.found
}

struct Search<'r> {
    bindings: &'r [Binding],
    names: &'r SecretNames,
    /// Names of `let` that were looked into, each for the name of a secret.
    followed: HashSet<(usize, String)>,
    found: Vec<WrittenSecret>,
}

impl Search<'_> {
    fn action(&mut self, action: &Action, is_asked: bool) {
        match action {
            Action::Set(target, value)
            | Action::Default(target, value)
            | Action::Add(target, value)
            | Action::Take(target, Taken::Equal(value)) => match self.is_secret(target) {
                true => self.value(&target.to_string(), value),
                false => self.below_names(value),
            },
            Action::MappedValue(value) if is_asked => self.value("mappedValue", value),
            Action::MappedValue(value) => self.below_names(value),
            Action::Deliver(deliver) => self.below_names(&deliver.body),
            Action::Script(Expression::Script(used)) => self.set_by(used.script.text()),
            Action::Reject { .. }
            | Action::Remove(_)
            | Action::Take(_, Taken::Holding(_))
            | Action::Deprovision(_)
            | Action::Script(_)
            | Action::Stop => {}
        }
    }

    fn is_secret(&self, target: &Target) -> bool {
        let is_key = |step: &Segment| matches!(step, Segment::Key(key) if self.names.has_key(key));
        let names_one = |value: View<'_>| matches!(value.shape(), Shape::Text(text) if self.names.has_key(&text));
        let element = target.element.as_ref();
        self.names.has(&target.path)
            || element.is_some_and(|element| element.field.iter().any(is_key) || names_one(element.value.view()))
    }

    /// What stands under the names of secrets within a value.
    fn below_names(&mut self, value: &Expression) {
        match value {
            Expression::Map(fields) => {
                for (key, field) in fields {
                    match self.names.has_key(key) {
                        true => self.value(key, field),
                        false => self.below_names(field),
                    }
                }
            }
            Expression::List(parts) => parts.iter().for_each(|part| self.below_names(part)),
            Expression::Constant(constant) => self.below_names_of(constant.view()),
            _ => {}
        }
    }

    fn below_names_of(&mut self, value: View<'_>) {
        match value.shape() {
            Shape::Map(map) => {
                for (key, field) in map.iter() {
                    match self.names.has_key(&key) {
                        true => self.constant(&key, field, true),
                        false => self.below_names_of(field),
                    }
                }
            }
            Shape::List(list) => list.iter().for_each(|item| self.below_names_of(item)),
            _ => {}
        }
    }

    /// The texts that are written out in the value of a secret.
    fn value(&mut self, name: &str, value: &Expression) {
        match value {
            Expression::Constant(constant) => self.constant(name, constant.view(), true),
            Expression::Template(parts) | Expression::List(parts) => {
                parts.iter().for_each(|part| self.value(name, part));
            }
            Expression::Coalesce(first, second) => {
                self.value(name, first);
                self.value(name, second);
            }
            Expression::Map(fields) => fields.iter().for_each(|(_, field)| self.value(name, field)),
            // What a function is told beside a value is how, such as `replace(user.password, " ", "")`.
            Expression::Call(_, parts) if super::reads::of_expression(value).is_empty() => {
                parts.iter().filter(|part| is_text(part)).for_each(|part| self.value(name, part));
            }
            Expression::Call(_, parts) => {
                if let Some(first) = parts.first() {
                    self.value(name, first);
                }
            }
            Expression::Script(used) => {
                for (before, text) in texts(used.script.text()) {
                    // Behind a bracket or comma it is what a function is told.
                    if !before.trim_end().ends_with(['(', ',', '[']) {
                        self.note(name, text, true);
                    }
                }
            }
            Expression::Read(Read { from: ReadFrom::Binding(binding), .. }) => {
                if let Some(Bound::Value(value)) = self.bindings.get(*binding).map(|binding| &binding.value)
                    && self.followed.insert((*binding, name.to_owned()))
                {
                    self.value(name, value);
                }
            }
            Expression::Read(_) => {}
        }
    }

    fn constant(&mut self, name: &str, value: View<'_>, is_given: bool) {
        match value.shape() {
            Shape::Text(text) => self.note(name, &text, is_given),
            Shape::Number(number) => self.note(name, number, is_given),
            Shape::List(list) => list.iter().for_each(|item| self.constant(name, item, is_given)),
            Shape::Map(map) => map.iter().for_each(|(_, field)| self.constant(name, field, is_given)),
            Shape::Null | Shape::Bool(_) | Shape::Secret(_) => {}
        }
    }

    /// What a script writes by a verb: `set("user.password", "…")`.
    fn set_by(&mut self, script: &str) {
        let mut path: Option<&str> = None;
        for (before, text) in texts(script) {
            match path.take() {
                Some(path) if before.trim() == "," => self.note(path, text, true),
                _ => path = Path::read(text).is_ok_and(|read| self.names.has(&read)).then_some(text),
            }
        }
    }

    fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::Always | Condition::Script(_) => {}
            Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| self.condition(part)),
            Condition::Not(inner) => self.condition(inner),
            Condition::Test(test) => self.test(&test.subject.path, &test.checks),
        }
    }

    fn test(&mut self, subject: &Path, checks: &Checks) {
        if !self.names.has(subject) {
            return;
        }
        for check in &checks.checks {
            check.operator.inner().into_iter().for_each(|inner| self.test(subject, inner));
            for constant in check.operator.compares_with().into_iter().filter_map(|operand| operand.constant()) {
                self.constant(&subject.to_string(), constant.view(), false);
            }
        }
    }

    fn note(&mut self, name: &str, text: &str, is_given: bool) {
        let says_something = !is_blank(text) && text.chars().any(char::is_alphanumeric);
        if says_something {
            self.found.push(WrittenSecret { name: name.to_owned(), text: Secret::new(text.to_owned()), is_given });
        }
    }
}

fn is_text(expression: &Expression) -> bool {
    expression.constant().is_some_and(|constant| matches!(constant.view().shape(), Shape::Text(_)))
}

/// The texts in quotes of a script, each with what stands between it and the one before it.
fn texts(script: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = script;
    while let Some((before, behind)) = rest.split_once('"') {
        let mut is_escaped = false;
        let end = behind.find(|letter| {
            let is_end = letter == '"' && !is_escaped;
            is_escaped = letter == '\\' && !is_escaped;
            is_end
        });
        let Some(end) = end else { break };
        found.push((before, behind.get(..end).unwrap_or_default()));
        rest = behind.get(end + 1..).unwrap_or_default();
    }
    found
}
