//! Warns of `present` where `empty: false` is meant: forms send `""` for fields that nobody filled in.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::code::codes;
use crate::diagnostic::{Diagnostic, File, Place};
use crate::event::{Path, Root, Segment, Value};
use crate::lint::finding::Finding;
use crate::lint::rule_model::{RuleModel, with_rule};
use crate::lint::write::actions;
use crate::rule::field::{OnForm, user_field};
use crate::rule::{
    Action, Bound, Checks, Comparator, Condition, Expression, Operator, Property, Read, ReadFrom, Relation, Rule,
    RuleSet, Test,
};

codes! {
    BLANK_IS_PRESENT = "H812", "a blank field that counts as present", r#"
A warning: forms send `""` for a field that nobody filled in, and `present` holds for every text, also for a blank
one. The rule would then work with an empty value.
```yaml
rules:
  - name: email-is-well-formed
    when: { user.email: { present: true, not: { matches: '@' } } }
    reject: EmailNotValid
```
Write `empty: false` in place of `present: true`, and `empty: true` in place of `present: false`. The warning concerns
text fields of a person, custom attributes and names that `let` binds to them. There is no warning if another test of
the same field excludes blanks (`matches`, `is`, `length: { gt: 0 }`).
"#;
}

/// What the form of an account sends beside the person.
const OF_ACCOUNTS: [&str; 3] = ["formVeriable", "formVariable", "defaultValue"];
/// Functions that make a blank text of a blank text.
const BLANK_OF_BLANK: [&str; 10] =
    ["ascii", "cut", "digits", "last", "lower", "name_case", "squash", "strip_chars", "trim", "upper"];

/// Tells of each `present` that a blank text goes through.
pub fn look(survey: &mut RuleModel<'_>) {
    let mut look = Look { set: survey.set, told: HashSet::new(), found: Vec::new() };
    for place in survey.places() {
        let Some(rule) = survey.set.rules.get(place) else { continue };
        look.condition(&rule.file, &rule.when, &Beside::default());
        look.rows(rule);
        actions(rule).flat_map(Action::values).for_each(|value| look.expression(value, &rule.place()));
    }
    for binding in &survey.set.bindings {
        binding.value.values().for_each(|value| look.expression(value, &binding.place));
    }
    survey.found.append(&mut look.found);
}

/// What else a rule asks, as far as it may have to do with blanks.
#[derive(Clone, Default)]
struct Beside<'r> {
    /// Tests that must hold as well.
    and: Vec<&'r Test>,
    /// Tests of which one may hold instead.
    or: Vec<&'r Test>,
}

impl Beside<'_> {
    /// Whether what is asked beside `present` has seen to blanks: it fails them, or takes them in elsewhere.
    fn settles(&self, test: &Test) -> bool {
        let is_same = |other: &&&Test| other.subject == test.subject;
        self.and.iter().filter(is_same).any(|other| other.checks.checks.iter().any(|check| fails(&check.operator)))
            || self.or.iter().filter(is_same).any(|other| takes(&other.checks))
    }
}

struct Look<'r> {
    set: &'r RuleSet,
    /// Places that were told of: a guard stands before every rule of its file.
    told: HashSet<(String, usize)>,
    found: Vec<Finding>,
}

impl<'r> Look<'r> {
    fn condition(&mut self, file: &Arc<File>, condition: &'r Condition, beside: &Beside<'r>) {
        match condition {
            Condition::Always => {}
            Condition::All(parts) => {
                let mut beside = beside.clone();
                tests_of_all(condition, &mut beside.and);
                parts.iter().for_each(|part| self.condition(file, part, &beside));
            }
            Condition::Any(branches) => {
                let mut beside = beside.clone();
                branches.iter().for_each(|branch| tests_of_all(branch, &mut beside.or));
                branches.iter().for_each(|branch| self.condition(file, branch, &beside));
            }
            Condition::Not(inner) => self.condition(file, inner, beside),
            Condition::Test(test) => {
                if !beside.settles(test) {
                    self.test(file, test).into_iter().for_each(|finding| self.tell(finding));
                }
            }
            Condition::Script(script) => {
                self.expression(&script.value, &Place { file: Arc::clone(file), span: script.span.clone() });
            }
        }
    }

    /// The cells of a table: what other rows ask of the same name is asked instead, what the rule asks as well.
    fn rows(&mut self, rule: &'r Rule) {
        let Some(table) = &rule.table else { return };
        let mut beside = Beside::default();
        tests_of_all(&rule.when, &mut beside.and);
        beside.or.extend(table.rows.iter().flat_map(|row| row.tests.iter().flatten()));
        for test in table.rows.iter().flat_map(|row| row.tests.iter().flatten()).filter(|test| !beside.settles(test)) {
            for finding in self.test(&table.file, test) {
                self.tell(with_rule(finding, rule, table));
            }
        }
    }

    fn tell(&mut self, finding: Diagnostic) {
        let at = finding.place.as_ref().map(|place| (place.file.name.clone(), place.span.start));
        if at.is_none_or(|at| self.told.insert(at)) {
            self.found.push(Finding::certain(finding));
        }
    }

    fn test(&self, file: &Arc<File>, test: &Test) -> Vec<Diagnostic> {
        let Some(field) = self.field_on_a_form(&test.subject) else { return Vec::new() };
        let mut found = Vec::new();
        open_presences(&test.checks, &mut found);
        let finding = |(wanted, span): (bool, Range<usize>)| {
            let holds = if wanted { "also holds" } else { "does not hold" };
            let message = format!("`present: {wanted}` {holds} when {} is blank", named(&test.subject, &field));
            let place = Place { file: Arc::clone(file), span };
            Diagnostic::error(&BLANK_IS_PRESENT, place, message)
                .label("a form sends `\"\"` for what nobody filled in")
                .help(format!("write `empty: {}`", !wanted))
        };
        found.into_iter().map(finding).collect()
    }

    /// Calls of `present`, but for those that a script makes.
    fn expression(&mut self, value: &Expression, place: &Place) {
        match value {
            Expression::Call(function, arguments) => {
                if let ("present", [Expression::Read(read)]) = (function.name, arguments.as_slice())
                    && let Some(field) = self.field_on_a_form(read)
                {
                    let message =
                        format!("`present({})` is also true when {} is blank", read.path, named(read, &field));
                    let finding = Diagnostic::error(&BLANK_IS_PRESENT, place.clone(), message);
                    let help = format!(
                        "test `{}: {{ empty: false }}` in `when`, or write `trim({} ?? \"\") != \"\"`",
                        read.path, read.path
                    );
                    self.tell(finding.help(help));
                }
                arguments.iter().for_each(|argument| self.expression(argument, place));
            }
            Expression::Template(parts) | Expression::List(parts) => {
                parts.iter().for_each(|part| self.expression(part, place));
            }
            Expression::Coalesce(first, second) => {
                self.expression(first, place);
                self.expression(second, place);
            }
            Expression::Map(fields) => fields.iter().for_each(|(_, field)| self.expression(field, place)),
            Expression::Constant(_) | Expression::Read(_) | Expression::Script(_) => {}
        }
    }

    /// The field of a form behind a name, be it through `let`.
    fn field_on_a_form(&self, read: &Read) -> Option<Path> {
        match read.from {
            ReadFrom::Slot(_) => is_on_a_form(&read.path).then(|| read.path.clone()),
            ReadFrom::Binding(binding) => match &self.set.bindings.get(binding)?.value {
                Bound::Value(value) if read.path.segments.is_empty() => self.blank_in(value),
                _ => None,
            },
        }
    }

    /// The field of a form with which the value is blank.
    fn blank_in(&self, value: &Expression) -> Option<Path> {
        match value {
            Expression::Read(read) => self.field_on_a_form(read),
            Expression::Coalesce(first, _) => self.blank_in(first),
            Expression::Call(function, arguments) if BLANK_OF_BLANK.contains(&function.name) => {
                self.blank_in(arguments.first()?)
            }
            _ => None,
        }
    }
}

/// The field, or the name that `let` gives it.
fn named(read: &Read, field: &Path) -> String {
    match read.from {
        ReadFrom::Slot(_) => format!("a field `{field}`"),
        ReadFrom::Binding(_) => format!("`{}`, made of a field `{field}`", read.path),
    }
}

fn is_on_a_form(path: &Path) -> bool {
    match (&path.root, path.segments.as_slice()) {
        (Root::User, [Segment::Key(field)]) => user_field(field).is_some_and(|field| field.on_form != OnForm::No),
        (Root::Request, [Segment::Key(field)]) => OF_ACCOUNTS.contains(&&**field),
        (Root::Attr, [Segment::Key(_)]) => true,
        _ => false,
    }
}

/// The tests of which all must hold where the condition does.
fn tests_of_all<'r>(condition: &'r Condition, found: &mut Vec<&'r Test>) {
    match condition {
        Condition::All(parts) => parts.iter().for_each(|part| tests_of_all(part, found)),
        Condition::Test(test) => found.push(test),
        Condition::Always | Condition::Any(_) | Condition::Not(_) | Condition::Script(_) => {}
    }
}

/// Each `present`, with what it wants, that no operator beside it keeps blanks from.
fn open_presences(checks: &Checks, found: &mut Vec<(bool, Range<usize>)>) {
    if checks.checks.iter().any(|check| fails(&check.operator)) {
        return;
    }
    for check in &checks.checks {
        if let Comparator::Property(Property::Present, wanted) = &check.operator.comparator {
            found.push((*wanted, check.span.clone()));
        }
        if let Comparator::Not(inner) = &check.operator.comparator {
            open_presences(inner, found);
        }
    }
}

/// Whether the operator is none of a text that was left blank. Where that depends on another value, none is meant to be.
fn fails(operator: &Operator) -> bool {
    let held = || operator.hold_of(Some(blank().view()), false);
    match &operator.comparator {
        Comparator::Property(Property::Present, _) => false,
        // Whoever asks both means to tell them apart.
        Comparator::Property(Property::Empty, _) => true,
        Comparator::Not(inner) => !has_presence(inner) && inner.hold_of(Some(blank().view())) == Some(true),
        Comparator::Value(..)
        | Comparator::Pattern(_)
        | Comparator::Date(..)
        | Comparator::Property(Property::Over | Property::IsDate, _)
        | Comparator::Length(_)
        | Comparator::Range(_)
        | Comparator::Within(_)
        | Comparator::Elements(..)
        | Comparator::Count(..)
        | Comparator::Field(..)
        | Comparator::FoundIn(_) => match operator.is_negated {
            true => held() == Some(false),
            false => held() != Some(true),
        },
    }
}

/// Whether the test is one of blanks: what it asks holds of them, and not only because they are there.
fn takes(checks: &Checks) -> bool {
    let names_blanks = |operator: &Operator| {
        let is_equality = operator.relation().is_some_and(Relation::is_equality) && !operator.is_negated;
        matches!(operator.comparator, Comparator::Property(Property::Empty, true))
            || is_equality && operator.hold_of(Some(blank().view()), false) == Some(true)
    };
    checks.checks.iter().any(|check| names_blanks(&check.operator))
}

fn has_presence(checks: &Checks) -> bool {
    checks.checks.iter().any(|check| match &check.operator.comparator {
        Comparator::Property(property, _) => *property == Property::Present,
        Comparator::Not(inner) => has_presence(inner),
        Comparator::Value(..)
        | Comparator::Pattern(_)
        | Comparator::Date(..)
        | Comparator::Length(_)
        | Comparator::Range(_)
        | Comparator::Within(_)
        | Comparator::Elements(..)
        | Comparator::Count(..)
        | Comparator::Field(..)
        | Comparator::FoundIn(_) => false,
    })
}

fn blank() -> Value<'static> {
    Value::text("")
}
