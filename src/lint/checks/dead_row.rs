//! Warns of table rows that no event can reach.
//!
//! They contradict themselves or the rule's `when`, or earlier rows take all their events.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::codes;
use crate::lint::finding::{Claim, Finding};
use crate::lint::rule_model::{RuleModel, with_rule};
use crate::lint::solver::clause::{Clause, both};
use crate::lint::solver::coverage::takers;
use crate::lint::solver::{Budget, Found, Intersection, Wish, Witness, search, search_any};
use crate::rule::{Hit, Rule, Table};

codes! {
    ROW_NEVER_HIT = "H802", "a row of a table that is never hit", r#"
A warning: no user reaches the row. In a table with `hit: first`, earlier rows take all users that it covers; or its
cells contradict each other or the rule's `when`.
```yaml
table:
  hit: first
  inputs: [user.userType, user.country]
  outputs: [mappedValue]
  rows:
    - [Vendor, "-",   "OU=Vendors"]
    - [Vendor, India, "OU=Vendors,OU=IN"]
```
Put the narrower row first, or remove the one that is not needed. The example shows a user that matches the row but is
taken by an earlier one.
"#;
}

/// Most earlier rows that are taken together.
const EARLIER_ROWS: usize = 200;
/// Most earlier rows that are shown.
const SHOWN: usize = 4;

/// Tells of each such row.
pub fn look(survey: &mut RuleModel<'_>) {
    for place in survey.places() {
        let rule = survey.rules.get(place).map(|surveyed| surveyed.rule);
        if let Some((rule, table)) = rule.and_then(|rule| Some((rule, rule.table.as_ref()?))) {
            rows(survey, place, rule, table);
        }
    }
}

fn rows(survey: &mut RuleModel<'_>, place: usize, rule: &Rule, table: &Table) {
    let Some(surveyed) = survey.rules.get(place) else { return };
    let Some(when) = surveyed.when.clone() else { return };
    let rows = surveyed.rows.clone();
    if let Found::Never = search_any(&when, &[], Wish::Any, &mut survey.budget) {
        // The whole rule never holds; that is told once.
        return;
    }
    let meeting = Intersection::new(rows.iter().enumerate());
    for (row, clause) in rows.iter().enumerate() {
        let Some(required) = both(&when, std::slice::from_ref(clause)) else { continue };
        let witnesses = match search_any(&required, &[], Wish::Any, &mut survey.budget) {
            Found::Never => {
                let finding = contradiction(rule, table, row, clause, &mut survey.budget);
                survey.found.push(Finding::certain(finding));
                continue;
            }
            Found::Examples(witnesses) => survey.reaching(place, &required, &[], &[], witnesses),
            Found::Unknown => Vec::new(),
        };
        if table.hit != Hit::First {
            continue;
        }
        let earlier = meeting.with(clause, row, EARLIER_ROWS);
        if let Some(by) = takers(&required, &earlier, |row| rows.get(row), &mut survey.budget) {
            taken(survey, place, (rule, table), row, &by, &witnesses);
        }
    }
}

fn taken(
    survey: &mut RuleModel<'_>,
    place: usize,
    (rule, table): (&Rule, &Table),
    row: usize,
    by: &[usize],
    witnesses: &[Witness],
) {
    let numbers: Vec<String> = by.iter().map(|row| (row + 1).to_string()).collect();
    let takers = match numbers.split_last() {
        Some((one, [])) => format!("row {one} takes"),
        Some((last, rest)) => format!("rows {} and {last} take", rest.join(", ")),
        None => return,
    };
    let message = format!("row {} of `{}` is never hit: {takers} all users that it covers", row + 1, rule.name);
    let mut finding = Diagnostic::error(&ROW_NEVER_HIT, table.place(row), message).label("never reached");
    for by in by.iter().take(SHOWN) {
        finding = finding.related(table.place(*by), "matches them first");
    }
    let finding = finding.help("move it up if it is the exception, or remove it");
    survey.note(place, with_rule(finding, rule, table), Claim::RowLoses { rule: place, row }, witnesses, true);
}

fn contradiction(rule: &Rule, table: &Table, row: usize, clause: &Clause<'_>, budget: &mut Budget) -> Diagnostic {
    let is_its_own = matches!(search(clause, &[], Wish::Any, budget), Found::Never);
    let (why, help) = match is_its_own {
        true => ("its cells contradict each other", "no value passes such a test: correct the cell, or remove the row"),
        false => ("the rule's `when` excludes it", "change the row or the `when`, or remove the row"),
    };
    let message = format!("row {} of `{}` is never hit: {why}", row + 1, rule.name);
    let finding = Diagnostic::error(&ROW_NEVER_HIT, table.place(row), message).help(help);
    match is_its_own {
        true => with_rule(finding, rule, table),
        false => finding.related(rule.place(), "this `when` excludes it"),
    }
}
