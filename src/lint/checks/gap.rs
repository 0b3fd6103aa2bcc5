//! Warns of inputs that no row of a table covers, for which the rule does nothing.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::codes;
use crate::lint::finding::Claim;
use crate::lint::rule_model::RuleModel;
use crate::lint::solver::clause::Clause;
use crate::lint::solver::{Found, Wish, search_any};
use crate::rule::{Action, Hit, Table};

codes! {
    NO_ROW_COVERS = "H803", "users that no row of a table covers", r#"
A warning: for some users the rule's `when` holds and no row of its table does, so the rule does nothing. There is no
warning for tables that only refuse or stop, or that have `hit: collect`.
```yaml
table:
  inputs: [user.country]
  outputs: [mappedValue]
  rows:
    - [India, "OU=IN"]
    - [Nepal, "OU=NP"]
```
End the table with a row of `"-"` for everybody else (with `hit: first`), or limit the rule with `when`. The example
shows a user without a row.
"#;
}

/// Tells of each table that leaves something out. Tables that only refuse or stop, and those whose rows add up, are meant to.
pub fn look(survey: &mut RuleModel<'_>) {
    for place in survey.places() {
        let Some(surveyed) = survey.rules.get(place) else { continue };
        let (rule, Some(when)) = (surveyed.rule, surveyed.when.as_ref()) else { continue };
        if rule.table.as_ref().is_none_or(|table| table.hit == Hit::Collect || only_refuses(table)) {
            continue;
        }
        let rows: Vec<&Clause<'_>> = surveyed.rows.iter().collect();
        let Found::Examples(witnesses) = search_any(when, &rows, Wish::Natural, &mut survey.budget) else { continue };
        let (when, rows) = (when.clone(), rows.into_iter().cloned().collect::<Vec<_>>());
        let witnesses = survey.reaching(place, &when, &rows.iter().collect::<Vec<_>>(), &[], witnesses);
        let message = format!("some users match no row of `{}`", rule.name);
        let finding = Diagnostic::error(&NO_ROW_COVERS, rule.place(), message)
            .label("does nothing for these users")
            .help(everybody_else(rule.table.as_ref().map(|table| table.hit)));
        survey.note(place, finding, Claim::NoRow { rule: place }, &witnesses, false);
    }
}

/// A row that covers all meets every other one, which only `hit: first` puts in an order.
fn everybody_else(hit: Option<Hit>) -> &'static str {
    match hit {
        Some(Hit::Unique) => {
            "end the table with a row of `\"-\"` for everybody else, and write `hit: first` beside `rows`, so that the rows \
             above it count first"
        }
        Some(Hit::First | Hit::Collect) | None => "end the table with a row of `\"-\"` for everybody else",
    }
}

fn only_refuses(table: &Table) -> bool {
    table.rows.iter().flat_map(|row| &row.actions).all(|action| matches!(action, Action::Reject { .. } | Action::Stop))
}
