//! Warns of two rules, or rows of one table, that write different values to one field, so that order matters.

use std::collections::HashMap;

use crate::diagnostic::code::codes;
use crate::diagnostic::{Diagnostic, Place};
use crate::event::Path;
use crate::lint::finding::Claim;
use crate::lint::rule_model::{RuleModel, ends};
use crate::lint::solver::clause::{Clause, both};
use crate::lint::solver::{Found, Intersection, Wish, key, search_any};
use crate::lint::write::meet;
use crate::rule::{Action, Expression, Hit, Mode, Row, reads};

codes! {
    ORDER_MATTERS = "H806", "two rules that change one field differently", r"
A warning: both rules can hold for the same user, and the order of the rules decides which value the field gets. Files
run in the order of their names.
```yaml
rules:
  - name: vendors-are-external
    when: { user.userType: Vendor }
    set: { user.orgUnitId: external }
  - name: indians-are-in-pune
    when: { user.country: India }
    set: { user.orgUnitId: pune }
```
Let their conditions exclude each other, or make one table with `hit: first` of them. If you want this order, say so:
`# hookgate: allow H806 because the office wins over the company`. There is no warning if the later rule tests or
reads the value that the earlier one wrote.
";
}

/// Most earlier changes that one change is compared with.
const EARLIER: usize = 100;

/// A change of one field.
struct Change<'r> {
    rule: usize,
    row: Option<usize>,
    action: &'r Action,
    clauses: Vec<Clause<'r>>,
    /// Whether the event ends with it.
    is_last: bool,
}

/// Tells of each change the next earlier one that it undoes.
pub fn look(survey: &mut RuleModel<'_>) {
    let mut by_path: HashMap<&Path, Vec<Change<'_>>> = HashMap::new();
    let mut order: Vec<&Path> = Vec::new();
    for place in survey.places() {
        for (path, change) in changes(survey, place) {
            let list = by_path.entry(path).or_default();
            if list.is_empty() {
                order.push(path);
            }
            list.push(change);
        }
    }
    for path in order {
        field(survey, path, by_path.get(path).map_or(&[][..], Vec::as_slice));
    }
}

fn changes<'r>(survey: &RuleModel<'r>, place: usize) -> Vec<(&'r Path, Change<'r>)> {
    let Some(surveyed) = survey.rules.get(place).filter(|surveyed| surveyed.rule.mode == Mode::Enforce) else {
        return Vec::new();
    };
    let (rule, Some(when)) = (surveyed.rule, surveyed.when.as_ref()) else { return Vec::new() };
    let is_last = rule.actions.iter().any(ends);
    let mut found = Vec::new();
    let mut take = |actions: &'r [Action], row: Option<usize>, clauses: &Vec<Clause<'r>>| {
        let is_last = is_last || actions.iter().any(ends);
        for action in actions {
            if let Some(path) = changed(action) {
                found.push((path, Change { rule: place, row, action, clauses: clauses.clone(), is_last }));
            }
        }
    };
    for (number, row) in rule.table.iter().flat_map(|table| &table.rows).enumerate() {
        let clauses = surveyed.rows.get(number).and_then(|clause| both(when, std::slice::from_ref(clause)));
        take(&row.actions, Some(number), &clauses.unwrap_or_default());
    }
    if let Some(clauses) = surveyed.alternatives() {
        take(&rule.actions, None, &clauses);
    }
    found
}

/// The field that an action gives another value, whatever stood there.
fn changed(action: &Action) -> Option<&Path> {
    match action {
        // Which element is meant, only an event tells.
        Action::Set(target, _) | Action::Default(target, _) | Action::Remove(target) => {
            Some(&target.path).filter(|_| target.element.is_none())
        }
        _ => None,
    }
}

fn field<'r>(survey: &mut RuleModel<'r>, path: &Path, changes: &[Change<'r>]) {
    let conditions = changes.iter().enumerate();
    let meeting =
        Intersection::new(conditions.flat_map(|(n, change)| change.clauses.iter().map(move |clause| (n, clause))));
    for (n, second) in changes.iter().enumerate() {
        let mut earlier: Vec<usize> =
            second.clauses.iter().flat_map(|clause| meeting.with(clause, n, EARLIER)).collect();
        earlier.sort_unstable();
        earlier.dedup();
        for first in earlier.iter().rev().filter_map(|first| changes.get(*first)) {
            if !differ(survey, first, second, path) {
                continue;
            }
            let Some(required) = both(&first.clauses, &second.clauses) else { continue };
            let Found::Examples(witnesses) = search_any(&required, &[], Wish::Any, &mut survey.budget) else {
                continue;
            };
            let yields = matches!(second.action, Action::Default(..));
            let claim = Claim::BothChange { first: first.rule, second: second.rule, path: path.clone(), yields };
            if let Some(finding) = tell(survey, first, second, path) {
                let hooks = shared_hooks(survey, first.rule, second.rule);
                let witnesses = survey.reaching(second.rule, &required, &[], &[], witnesses);
                let calls = survey.calls(&hooks, &witnesses);
                survey.found.push(crate::lint::finding::Finding::certain(finding).shown_by(claim, calls).if_shown());
                break;
            }
        }
    }
}

/// Whether the two, done in the other order, may leave something else.
fn differ(survey: &RuleModel<'_>, first: &Change<'_>, second: &Change<'_>, path: &Path) -> bool {
    let is_apart = match (first.action, second.action) {
        (Action::Set(_, a), Action::Set(_, b)) => key::of_expression(a) != key::of_expression(b),
        (Action::Set(..), Action::Remove(_)) | (Action::Remove(_), Action::Set(..)) => true,
        (Action::Default(_, a), Action::Default(_, b)) => match (a.constant(), b.constant()) {
            (Some(a), Some(b)) => !a.view().same(b.view()) && !a.view().is_empty() && !b.view().is_empty(),
            _ => false,
        },
        _ => false,
    };
    let is_together = first.rule != second.rule || adds_up(survey, first, second);
    is_apart && is_together && !first.is_last && !builds_on(survey, second, path)
}

/// Whether they stand in different rows of a table all of whose rows count.
fn adds_up(survey: &RuleModel<'_>, first: &Change<'_>, second: &Change<'_>) -> bool {
    let table = survey.set.rules.get(first.rule).and_then(|rule| rule.table.as_ref());
    table.is_some_and(|table| table.hit == Hit::Collect)
        && first.row.is_some()
        && second.row.is_some()
        && first.row != second.row
}

/// Whether a change reads or tests the field that it changes, so that it means to come second.
fn builds_on(survey: &RuleModel<'_>, change: &Change<'_>, path: &Path) -> bool {
    let Some(rule) = survey.set.rules.get(change.rule) else { return true };
    let mut found = Vec::new();
    reads::of_condition(&rule.when, &mut found);
    let row = |number: usize| rule.table.as_ref()?.rows.get(number);
    let tests = change.row.and_then(row).into_iter().flat_map(|row: &Row| row.tests.iter().flatten());
    tests.for_each(|test| reads::of_test(test, &mut found));
    if let Action::Set(_, value) | Action::Default(_, value) = change.action {
        found.extend(reads_of_value(value));
    }
    reads::fields(found, &survey.set.bindings).iter().any(|read| meet(read, path))
}

fn reads_of_value(value: &Expression) -> Vec<crate::rule::Read> {
    reads::of_expression(value)
}

fn shared_hooks(survey: &RuleModel<'_>, first: usize, second: usize) -> Vec<usize> {
    let hooks = |rule: usize| survey.set.rules.get(rule).map_or(&[][..], |rule| &rule.hooks);
    hooks(first).iter().copied().filter(|hook| hooks(second).contains(hook)).collect()
}

fn tell(survey: &RuleModel<'_>, first: &Change<'_>, second: &Change<'_>, path: &Path) -> Option<Diagnostic> {
    if shared_hooks(survey, first.rule, second.rule).is_empty() {
        return None;
    }
    let place = |change: &Change<'_>| -> Option<(Place, String)> {
        let rule = survey.set.rules.get(change.rule)?;
        Some(match (change.row, &rule.table) {
            (Some(row), Some(table)) => (table.place(row), format!("row {} of `{}`", row + 1, rule.name)),
            _ => (rule.place(), format!("`{}`", rule.name)),
        })
    };
    let ((first_place, first_name), (second_place, second_name)) = (place(first)?, place(second)?);
    let counts = match second.action {
        Action::Default(..) => "the earlier one counts",
        _ => "the later one counts",
    };
    let message = format!("{first_name} and {second_name} can change `{path}` of the same user differently; {counts}");
    let mut finding = Diagnostic::error(&ORDER_MATTERS, second_place, message)
        .label(format!("changes `{path}`"))
        .related(first_place, "changes it too");
    for change in [first, second] {
        let rule = survey.set.rules.get(change.rule)?;
        if let Some(table) = &rule.table {
            finding = crate::lint::rule_model::with_rule(finding, rule, table);
        }
    }
    Some(finding.help(
        "let their conditions exclude each other, or join them; if you want this order, say so in an `allow` comment",
    ))
}
