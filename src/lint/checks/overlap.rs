//! Warns of rows of a table with `hit: unique` that can both hold, where an event fails.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::codes;
use crate::lint::finding::Claim;
use crate::lint::rule_model::{RuleModel, with_rule};
use crate::lint::solver::clause::{Clause, both};
use crate::lint::solver::{Found, Intersection, Wish, search_any};
use crate::rule::{Hit, Rule, Table};

codes! {
    ROWS_OVERLAP = "H801", "rows of a table that can both hold for one user", r#"
A warning: two rows of a table with `hit: unique` (or without `hit`) can both hold for the same user. For such a user
the rule fails.
```yaml
table:
  inputs: [user.userType, user.country]
  outputs: [mappedValue]
  rows:
    - [Vendor, "-",   "OU=Vendors"]
    - ["-",    India, "OU=IN"]
```
The example shows a user that matches both. Let the rows exclude each other (`"!= Vendor"` in the second), or write
`hit: first`: then the upper row wins.
"#;
}

/// Most earlier rows that one row is compared with.
const EARLIER_ROWS: usize = 200;

/// Tells of each row the first that can hold beside it.
pub fn look(survey: &mut RuleModel<'_>) {
    for place in survey.places() {
        let rule = survey.rules.get(place).map(|surveyed| surveyed.rule);
        let Some((rule, table)) = rule.and_then(|rule| Some((rule, rule.table.as_ref()?))) else { continue };
        if table.hit == Hit::Unique {
            rows(survey, place, rule, table);
        }
    }
}

fn rows(survey: &mut RuleModel<'_>, place: usize, rule: &Rule, table: &Table) {
    let Some(surveyed) = survey.rules.get(place) else { return };
    let Some(when) = surveyed.when.clone() else { return };
    let rows = surveyed.rows.clone();
    let meeting = Intersection::new(rows.iter().enumerate());
    for (second, clause) in rows.iter().enumerate() {
        let earlier = meeting.with(clause, second, EARLIER_ROWS);
        for first in &earlier {
            let others: Vec<&Clause<'_>> =
                earlier.iter().filter(|other| *other != first).filter_map(|other| rows.get(*other)).collect();
            let Some(pair) = rows.get(*first).map(|first| [first.as_slice(), clause].concat()) else { continue };
            let Some(required) = both(&when, &[pair]) else { continue };
            let Found::Examples(witnesses) = search_any(&required, &others, Wish::Any, &mut survey.budget) else {
                continue;
            };
            let witnesses = survey.reaching(place, &required, &others, &[], witnesses);
            let finding = overlap(rule, table, *first, second);
            survey.note(place, finding, Claim::BothRows { rule: place, first: *first, second }, &witnesses, false);
            break;
        }
    }
}

fn overlap(rule: &Rule, table: &Table, first: usize, second: usize) -> Diagnostic {
    let message = format!("rows {} and {} of `{}` can both hold for the same user", first + 1, second + 1, rule.name);
    let finding = Diagnostic::error(&ROWS_OVERLAP, table.place(second), message)
        .label("this row too")
        .related(table.place(first), "this row")
        .help("let the two rows exclude each other, or write `hit: first`, so that the upper row wins");
    with_rule(finding, rule, table)
}
