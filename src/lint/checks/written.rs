//! Warns of secrets that rules give and have written out.

use std::collections::BTreeSet;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::codes;
use crate::lint::finding::Finding;
use crate::lint::rule_model::RuleModel;
use crate::rule::written_secrets;

codes! {
    SECRET_WRITTEN = "H828", "a secret that is written into a rule", r#"
A warning: a rule gives a password, or another secret, that stands in the rule file or in its table. Everybody who can
read the rules, their copies or their history reads it, and all who get it have the same one.
```yaml
rules:
  - name: first-password
    hook: preCreateUser
    set: { user.password: "Welcome123" }
```
Take it out and let the platform make the first password, or read it by a lookup from where few may read:
`user.password: "${row.password}"`. What has stood in a file is known: change it wherever it is in use.
"#;
}

/// Tells of each name that a rule gives such a value.
pub fn look(survey: &mut RuleModel<'_>) {
    let set = survey.set;
    for rule in survey.places().filter_map(|place| set.rules.get(place)) {
        let written = written_secrets(rule, &set.bindings, &set.hooks.secrets);
        let names: BTreeSet<String> =
            written.into_iter().filter(|written| written.is_given).map(|written| written.name).collect();
        for name in names {
            let message = format!(
                "rule `{}` has the secret `{name}` written out: everyone who can read the rules reads it",
                rule.name
            );
            let finding = Diagnostic::error(&SECRET_WRITTEN, rule.place(), message).label("gives it to people").help(
                "take it out and let the platform make it, or read it by a lookup: `${row.password}`; change it wherever it \
                 is in use",
            );
            survey.found.push(Finding::certain(finding));
        }
    }
}
