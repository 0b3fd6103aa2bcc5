//! Warns of secrets answered for an attribute that is no password, where the rule fails.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::codes;
use crate::event::secret::SecretNames;
use crate::event::{Root, Shape, View, canonical_field};
use crate::lint::finding::Finding;
use crate::lint::rule_model::RuleModel;
use crate::lint::write::actions;
use crate::rule::{Action, Condition, Operator, secret_in};

codes! {
    SECRET_LEAVES = "H809", "a secret in a mapped value", r#"
A warning: `mappedValue` gives a password or security question, and `when` does not test that the platform asks for
the password (`request.targetAttribute: __PASSWORD__`). For any other attribute the rule fails.
```yaml
rules:
  - name: first-password
    hook: policyMap
    mappedValue: "${user.password}"
```
Test `request.targetAttribute: __PASSWORD__` in `when`.
"#;
}

/// Tells of each mapped value that a secret goes into.
pub fn look(survey: &mut RuleModel<'_>) {
    let set = survey.set;
    for rule in survey.places().filter_map(|place| set.rules.get(place)) {
        for action in actions(rule) {
            let Action::MappedValue(value) = action else { continue };
            if is_asked_for_a_secret(&rule.when, &set.hooks.secrets) {
                continue;
            }
            let Some(path) = secret_in(value, &set.bindings, &set.hooks.secrets) else { continue };
            let message = format!("rule `{}` answers the secret `{path}` for any attribute", rule.name);
            let finding = Diagnostic::error(&SECRET_LEAVES, rule.place(), message)
                .label("reads a secret into `mappedValue`")
                .help("for any other attribute the rule fails; test `request.targetAttribute: __PASSWORD__` in `when`");
            survey.found.push(Finding::certain(finding));
        }
    }
}

/// Whether the condition holds only where the platform asks for a password, as an event tells it.
fn is_asked_for_a_secret(condition: &Condition, names: &SecretNames) -> bool {
    match condition {
        Condition::All(parts) => parts.iter().any(|part| is_asked_for_a_secret(part, names)),
        Condition::Test(test) => {
            let field = test.subject.path.keys().next().map(canonical_field);
            let is_secret = |name: View<'_>| match (name.shape(), field) {
                (Shape::Text(name), Some("targetAttribute")) => names.has_key(&name),
                (Shape::Text(name), Some("cymmetrifield")) => names.has_key(&name) || names.has_field(&name),
                _ => false,
            };
            let asks = |operator: &Operator| {
                let names = operator.equal_to().filter(|_| !operator.is_negated);
                names.is_some_and(|names| !names.is_empty() && names.into_iter().all(is_secret))
            };
            test.subject.path.root == Root::Request && test.checks.checks.iter().any(|check| asks(&check.operator))
        }
        _ => false,
    }
}
