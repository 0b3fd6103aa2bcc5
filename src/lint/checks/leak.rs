//! Warns of secrets answered for an attribute that is no password, where the rule fails.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::codes;
use crate::lint::finding::Finding;
use crate::lint::rule_model::RuleModel;
use crate::lint::write::actions;
use crate::rule::{Action, is_asked_for_a_secret, secret_in};

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
