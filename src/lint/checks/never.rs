//! Warns of conditions that never hold: of a whole rule, or of one branch of `any`.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::codes;
use crate::lint::finding::Finding;
use crate::lint::rule_model::RuleModel;
use crate::lint::solver::clause::{Clause, Literal, alternatives, both};
use crate::lint::solver::{Budget, Found, Wish, search, search_any};
use crate::rule::{Condition, Rule};

codes! {
    NEVER_HOLDS = "H805", "a condition that never holds", r"
A warning: no user passes all of these tests together with the `when` of the file. The same warning exists for one
branch of `any`.
```yaml
when:
  user.grade: { gt: 7, lt: 3 }
```
Correct one of the tests. To allow several values, write a list: `user.country: [India, Nepal]`.
";
}

/// Tells of each such condition.
pub fn look(survey: &mut RuleModel<'_>) {
    for place in survey.places() {
        let Some(surveyed) = survey.rules.get(place) else { continue };
        let (rule, Some(when)) = (surveyed.rule, surveyed.when.clone()) else { continue };
        if let Found::Never = search_any(&when, &[], Wish::Any, &mut survey.budget) {
            let finding = whole(rule, &when, &mut survey.budget);
            survey.found.push(Finding::certain(finding));
        } else {
            branches(survey, rule);
        }
    }
}

fn whole(rule: &Rule, when: &[Clause<'_>], budget: &mut Budget) -> Diagnostic {
    let message = format!("the `when` of `{}` is never true", rule.name);
    let help = "no value passes all of these tests: correct one of them, or remove the rule";
    let conflict = match when {
        [clause] => conflict(clause, budget),
        _ => None,
    };
    let finding = |place| Diagnostic::error(&NEVER_HOLDS, place, &*message).help(help);
    match conflict {
        Some((first, second)) if first.span != second.span => finding(rule.place_of(second.span))
            .label("does not go together with the other")
            .related(rule.place_of(first.span), "this test")
            .related(rule.place(), "the rule"),
        Some((one, _)) => {
            finding(rule.place_of(one.span)).label("no value passes this").related(rule.place(), "the rule")
        }
        None => finding(rule.place()),
    }
}

/// Two tests of a list that do not go together; twice the same where one alone never holds.
fn conflict<'c, 'r>(clause: &'c Clause<'r>, budget: &mut Budget) -> Option<(&'c Literal<'r>, &'c Literal<'r>)> {
    let mut clash = |pair: &[&Literal<'r>]| {
        let pair: Clause<'r> = pair.iter().map(|literal| (*literal).clone()).collect();
        matches!(search(&pair, &[], Wish::Any, budget), Found::Never)
    };
    if let Some(one) = clause.iter().find(|literal| clash(&[literal])) {
        return Some((one, one));
    }
    let pairs =
        clause.iter().enumerate().flat_map(|(n, first)| clause.iter().skip(n + 1).map(move |second| (first, second)));
    let mut related = pairs.filter(|(first, second)| first.variable == second.variable);
    related.find(|(first, second)| clash(&[first, second]))
}

/// Branches of an `any` beside what must hold anyway.
fn branches<'r>(survey: &mut RuleModel<'r>, rule: &'r Rule) {
    let all = match &rule.when {
        Condition::All(all) => all.as_slice(),
        other => std::slice::from_ref(other),
    };
    let anys = all.iter().enumerate().filter_map(|(place, part)| match part {
        Condition::Any(branches) => Some((place, branches)),
        _ => None,
    });
    for (place, branches) in anys.filter(|(_, branches)| branches.len() > 1) {
        let mut beside = Some(vec![Vec::new()]);
        for (_, part) in all.iter().enumerate().filter(|(other, _)| *other != place) {
            let part = alternatives(part, &mut survey.variables);
            beside = beside.zip(part).and_then(|(beside, part)| both(&beside, &part));
        }
        let Some(beside) = beside else { continue };
        for branch in branches {
            let branch = alternatives(branch, &mut survey.variables);
            let Some(required) = branch.as_ref().and_then(|branch| both(&beside, branch)) else { continue };
            if !matches!(search_any(&required, &[], Wish::Any, &mut survey.budget), Found::Never) {
                continue;
            }
            let span = branch.iter().flatten().flatten().next().map_or(&rule.span, |literal| literal.span);
            let message = format!("a branch of `any` in `{}` is never true", rule.name);
            let finding = Diagnostic::error(&NEVER_HOLDS, rule.place_of(span), message)
                .label("never, beside what else must hold")
                .related(rule.place(), "the rule")
                .help("correct the branch, or remove it");
            survey.found.push(Finding::certain(finding));
        }
    }
}
