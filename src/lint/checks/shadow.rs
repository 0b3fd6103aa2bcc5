//! Warns of rules that are never reached, because earlier rules always end the event.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::codes;
use crate::lint::finding::Claim;
use crate::lint::rule_model::{RuleModel, Surveyed};
use crate::lint::solver::clause::Clause;
use crate::lint::solver::{Found, Intersection, Wish, coverage, search_any};
use crate::lint::write::Writes;
use crate::rule::{Rule, reads};

codes! {
    RULE_SHADOWED = "H804", "a rule that is never reached", r"
A warning: earlier rules refuse, map, decide or stop every event that this rule is for.
```yaml
rules:
  - name: nobody-without-a-manager
    when: { user.managerId: { empty: true } }
    reject: ManagerRequired
  - name: vendors-need-a-manager
    when: { user.userType: Vendor, user.managerId: { empty: true } }
    reject: VendorManagerRequired
```
Put the narrower rule first, or remove the one that is not needed. Files run in the order of their names.
";
}

/// Most earlier conditions that are held against one rule.
const EARLIER: usize = 50;
/// Most earlier rules that are shown.
const SHOWN: usize = 4;

/// Conditions under which a rule ends the event, with the rules' places.
struct Ending<'r> {
    clauses: Vec<(usize, Clause<'r>)>,
    meeting: Intersection,
}

/// Tells of each such rule.
pub fn look(survey: &mut RuleModel<'_>) {
    let mut by_hook: HashMap<usize, Ending<'_>> = HashMap::new();
    for hook in 0..survey.set.hooks.rows.len() {
        let here = survey.rules.iter().enumerate().filter(|(_, surveyed)| surveyed.rule.hooks.contains(&hook));
        let clauses: Vec<(usize, Clause<'_>)> =
            here.flat_map(|(place, surveyed)| surveyed.ends().into_iter().map(move |clause| (place, clause))).collect();
        let meeting = Intersection::new(clauses.iter().enumerate().map(|(number, (_, clause))| (number, clause)));
        by_hook.insert(hook, Ending { clauses, meeting });
    }
    for place in survey.places() {
        // Every hook of the rule has to be taken; the rules that take the first of them are named.
        let Some(rule) = survey.rules.get(place).map(|surveyed| surveyed.rule) else { continue };
        let mut named = None;
        for hook in &rule.hooks {
            let Some(by) = by_hook.get(hook).and_then(|ending| takers(survey, place, ending)) else {
                named = None;
                break;
            };
            named.get_or_insert(by);
        }
        if let Some(by) = named {
            tell(survey, place, &by);
        }
    }
}

/// The rules that end every event before this one; `None` where some event may reach it.
fn takers(survey: &mut RuleModel<'_>, place: usize, ending: &Ending<'_>) -> Option<Vec<usize>> {
    let required = survey.rules.get(place)?.alternatives()?;
    let before = ending.clauses.partition_point(|(rule, _)| *rule < place);
    let mut candidates: Vec<usize> =
        required.iter().flat_map(|clause| ending.meeting.with(clause, before, EARLIER)).collect();
    candidates.sort_unstable();
    candidates.dedup();
    candidates.retain(|candidate| {
        ending.clauses.get(*candidate).is_some_and(|(earlier, _)| is_steady(survey, *earlier, place))
    });
    let by = coverage::takers(
        &required,
        &candidates,
        |place| ending.clauses.get(place).map(|(_, clause)| clause),
        &mut survey.budget,
    )?;
    let mut rules: Vec<usize> = by.iter().filter_map(|by| ending.clauses.get(*by).map(|(rule, _)| *rule)).collect();
    rules.dedup();
    Some(rules)
}

/// Whether what an earlier rule tests is still so when the later one is looked at: nothing between changes it.
fn is_steady(survey: &mut RuleModel<'_>, earlier: usize, later: usize) -> bool {
    let Some(first) = survey.rules.get(earlier) else { return false };
    // A row that ends nothing may have changed the user before one that does.
    let from = if first.rule.table.is_some() { earlier } else { earlier + 1 };
    if survey.budget.left == 0 {
        return false;
    }
    let between: Vec<&Rule> =
        survey.changing.range(from..later).filter_map(|place| survey.set.rules.get(*place)).collect();
    survey.budget.left = survey.budget.left.saturating_sub(between.len());
    let writes = Writes::of(between);
    fields_of(first, survey).iter().all(|path| !writes.touch(path))
}

fn fields_of(surveyed: &Surveyed<'_>, survey: &RuleModel<'_>) -> Vec<crate::event::Path> {
    let mut found = Vec::new();
    reads::of_condition(&surveyed.rule.when, &mut found);
    let rows = surveyed.rule.table.iter().flat_map(|table| &table.rows);
    rows.flat_map(|row| row.tests.iter().flatten()).for_each(|test| reads::of_test(test, &mut found));
    reads::fields(found, &survey.set.bindings)
}

fn tell(survey: &mut RuleModel<'_>, place: usize, by: &[usize]) {
    let set = survey.set;
    let Some(rule) = set.rules.get(place) else { return };
    let names: Vec<String> =
        by.iter().filter_map(|by| set.rules.get(*by)).map(|rule| format!("`{}`", rule.name)).collect();
    let (who, verb) = match names.as_slice() {
        [one] => (one.clone(), "ends"),
        several => (several.join(" and "), "end"),
    };
    let message = format!("rule `{}` is never reached: {who} {verb} every event that it is for", rule.name);
    let mut finding = Diagnostic::error(&RULE_SHADOWED, rule.place(), message).label("never reached");
    for by in by.iter().take(SHOWN).filter_map(|by| set.rules.get(*by)) {
        finding = finding.related(by.place(), "ends these events");
    }
    let finding = finding.help("put the narrower rule first, or remove the one that is not needed");
    let required = survey.rules.get(place).and_then(Surveyed::alternatives).unwrap_or_default();
    let witnesses = match search_any(&required, &[], Wish::Any, &mut survey.budget) {
        Found::Examples(witnesses) => survey.reaching(place, &required, &[], by, witnesses),
        Found::Never | Found::Unknown => Vec::new(),
    };
    survey.note(place, finding, Claim::NotReached { rule: place, by: by.to_vec() }, &witnesses, true);
}
