//! Warns of rules that refuse everybody on a hook.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::codes;
use crate::event::Kind;
use crate::lint::finding::Finding;
use crate::lint::rule_model::{RuleModel, Surveyed};
use crate::lint::solver::clause::{Clause, both};
use crate::lint::solver::{Found, Wish, search};
use crate::lint::write::actions;
use crate::rule::{Action, Expression, Mode, Row, Rule};

codes! {
    REFUSES_EVERYBODY = "H827", "a rule that refuses everybody", r"
A warning: the rule refuses, its conditions hold for every user, and no rule before it lets anybody through. Nobody
passes the hook. Often the line `when` was lost, or stands in another rule.
```yaml
hook: validateUser
rules:
  - name: vendors-need-a-manager
    reject: ManagerRequired
```
Say in `when` whom the rule refuses. To refuse all but a few, put rules with `stop: true` for these few before it. To
close a hook on purpose, say so above the rule: `# hookgate: allow H827 because nobody is created here in December`.
";
}

/// Tells of each such rule.
pub fn look(survey: &mut RuleModel<'_>) {
    let mut found = Vec::new();
    for place in survey.places() {
        let Some(surveyed) = survey.rules.get(place) else { continue };
        let rule = surveyed.rule;
        let Some(closed) = closed_hook(survey, place, rule) else { continue };
        let Some(refused) = refused(surveyed) else { continue };
        let refused: Vec<&Clause<'_>> = refused.iter().collect();
        if !matches!(search(&Vec::new(), &refused, Wish::Any, &mut survey.budget), Found::Never) {
            continue;
        }
        let message = format!("rule `{}` refuses everybody: nobody passes `{closed}`", rule.name);
        let finding = Diagnostic::error(&REFUSES_EVERYBODY, rule.place(), message)
            .label("holds for every user")
            .help("say in `when` whom it refuses, for example `when: { user.userType: Vendor }`");
        found.push(Finding::certain(finding));
    }
    survey.found.extend(found);
}

/// A hook of the rule that none of the rules before it lets anybody pass.
fn closed_hook<'r>(survey: &RuleModel<'r>, place: usize, rule: &Rule) -> Option<&'r str> {
    if rule.mode != Mode::Enforce {
        return None;
    }
    let lets_pass = |hook: usize| {
        let before = survey.set.rules.iter().take(place);
        before.filter(|earlier| earlier.hooks.contains(&hook) && earlier.mode == Mode::Enforce).any(may_let_pass)
    };
    let set = survey.set;
    let hooks = rule.hooks.iter().filter_map(|hook| Some((*hook, set.hooks.rows.get(*hook)?)));
    let mut closed = hooks.filter(|(hook, row)| row.refusable && row.kind != Kind::Probe && !lets_pass(*hook));
    closed.next().map(|(_, row)| &*row.name)
}

/// Whether the event may end with this rule and without a refusal.
fn may_let_pass(rule: &Rule) -> bool {
    actions(rule).any(|action| match action {
        Action::Stop | Action::MappedValue(_) | Action::Deprovision(_) => true,
        Action::Script(Expression::Script(used)) => used.script.verbs().contains(&"stop"),
        _ => false,
    })
}

/// The alternatives with each of which the rule refuses.
fn refused<'r>(surveyed: &Surveyed<'r>) -> Option<Vec<Clause<'r>>> {
    let refuses = |actions: &[Action]| actions.iter().any(|action| matches!(action, Action::Reject { .. }));
    let when = surveyed.when.as_ref()?;
    let is_own = refuses(&surveyed.rule.actions);
    match &surveyed.rule.table {
        None => is_own.then(|| when.clone()),
        // One of its rows may let somebody pass before another refuses.
        Some(_) if may_let_pass(surveyed.rule) => None,
        Some(table) => {
            let is_refusing = |row: &Row| is_own || refuses(&row.actions);
            let rows = table.rows.iter().zip(&surveyed.rows).filter(|(row, _)| is_refusing(row));
            let rows: Vec<Clause<'r>> = rows.map(|(_, clause)| clause.clone()).collect();
            both(when, &rows)
        }
    }
}
