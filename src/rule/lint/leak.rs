//! Secrets that are read into a value that leaves: under another name they are shown in logs and traces.

use super::finding::{Claim, Finding};
use super::search::{Found, Wish, search_any};
use super::survey::Survey;
use super::variable::Variable;
use super::write::actions;
use crate::diagnostic::Diagnostic;
use crate::event::{Shape, Value, secret};
use crate::rule::action::Action;
use crate::rule::code;
use crate::rule::condition::{Condition, Operator};
use crate::rule::expression::Expression;
use crate::rule::set::Rule;
use crate::rule::taint::secret_in;

/// Tells of each value that a secret goes into.
pub(super) fn look(survey: &mut Survey<'_>) {
    let set = survey.set;
    for place in survey.places() {
        let Some(rule) = set.rules.get(place) else { continue };
        for action in actions(rule) {
            let Some((value, goes_to)) = leaves(action, rule) else { continue };
            let Some(path) = secret_in(value, &set.bindings, &set.hooks.secrets) else { continue };
            let message = format!("rule `{}` gives the secret `{path}` on, in {goes_to}", rule.name);
            let finding = Diagnostic::error(&code::SECRET_LEAVES, rule.place(), message)
                .label("reads a secret into a value that leaves")
                .help("leave the secret where it is: under another name it is hidden neither in the log nor in traces");
            let required = survey.rules.get(place).and_then(super::survey::Surveyed::alternatives).unwrap_or_default();
            let mut witnesses = match search_any(&required, &[], Wish::Any, &mut survey.budget) {
                Found::Examples(witnesses) => survey.reaching(place, &required, &[], &[], witnesses),
                Found::Never | Found::Unknown => Vec::new(),
            };
            let secret = survey.variables.number(Variable::Field(path));
            for witness in &mut witnesses {
                if !witness.iter().any(|(variable, _)| *variable == secret) {
                    witness.push((secret, Some(Value::text("secret"))));
                }
            }
            let calls = survey.calls(&rule.hooks, &witnesses);
            survey.found.push(Finding::certain(finding).shown_by(Claim::Holds { rule: place }, calls));
        }
    }
}

/// The value that an action sends out where it is no secret any more, and where to.
fn leaves<'r>(action: &'r Action, rule: &Rule) -> Option<(&'r Expression, String)> {
    match action {
        Action::MappedValue(value) if !is_asked_for_a_password(&rule.when) => Some((value, "`mappedValue`".to_owned())),
        _ => None,
    }
}

/// Whether the condition holds only where the platform asks for a password.
fn is_asked_for_a_password(condition: &Condition) -> bool {
    match condition {
        Condition::All(parts) => parts.iter().any(is_asked_for_a_password),
        Condition::Test(test) => {
            let is_target = test.subject.path.to_string() == "request.targetAttribute";
            let asks = |operator: &Operator| match operator {
                Operator::Is(value) => value.constant().is_some_and(
                    |value| matches!(value.view().shape(), Shape::Text(text) if text == secret::PASSWORD_ATTRIBUTE),
                ),
                _ => false,
            };
            is_target && test.checks.checks.iter().any(|check| asks(&check.operator))
        }
        _ => false,
    }
}
