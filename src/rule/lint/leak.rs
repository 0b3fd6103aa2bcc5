//! Secrets that are answered for an attribute that is no password: there the rule fails.

use super::finding::Finding;
use super::survey::Survey;
use super::write::actions;
use crate::diagnostic::Diagnostic;
use crate::event::{Shape, secret};
use crate::rule::action::Action;
use crate::rule::code;
use crate::rule::condition::{Condition, Operator};
use crate::rule::taint::secret_in;

/// Tells of each mapped value that a secret goes into.
pub(super) fn look(survey: &mut Survey<'_>) {
    let set = survey.set;
    for rule in survey.places().filter_map(|place| set.rules.get(place)) {
        for action in actions(rule) {
            let Action::MappedValue(value) = action else { continue };
            if is_asked_for_a_password(&rule.when) {
                continue;
            }
            let Some(path) = secret_in(value, &set.bindings, &set.hooks.secrets) else { continue };
            let message = format!("rule `{}` answers the secret `{path}` for any attribute", rule.name);
            let finding = Diagnostic::error(&code::SECRET_LEAVES, rule.place(), message)
                .label("reads a secret into `mappedValue`")
                .help("where another attribute is asked for the rule fails; test `request.targetAttribute: __PASSWORD__` in `when`");
            survey.found.push(Finding::certain(finding));
        }
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
