//! Tells of audits that are over, and of those that end soon: from the next day on the rule is enforced.

use jiff::civil::Date;

use crate::diagnostic::code::codes;
use crate::diagnostic::{Diagnostic, Place};
use crate::rule::{Rule, RuleSet};

/// How many days before its end an audit ends soon.
const SOON_DAYS: i32 = 14;

codes! {
    AUDIT_OVER = "H835", "an audit that is over", r"
A warning: the last day of the rule's audit has passed, so the rule is enforced. But `mode: audit` still looks as if
the rule only watched.
```yaml
rules:
  - { name: manager-is-named, hook: validateUser, mode: audit, until: 2020-01-31, reject: ManagerRequired }
```
Remove `mode` and `until`; that changes no decision. If the rule must not be enforced yet, write a later day, or
`mode: audit` alone.
";
    AUDIT_ENDS_SOON = "H836", "an audit that ends soon", r"
A warning: in the next two weeks the rule's audit ends, and the rule is enforced from the day after `until` on.
```yaml
rules:
  - { name: manager-is-named, hook: validateUser, mode: audit, until: 2027-01-31, reject: ManagerRequired }
```
Look in the log (`audit rule held`) or with `hookgate replay` who would have been refused. Try the day after with
`hookgate dry-run --now`. If it must only watch for longer, write a later day.
";
}

/// The audits of a rule set that are over on a day, or end soon after it.
#[must_use]
pub fn audits(set: &RuleSet, today: Date) -> Vec<Diagnostic> {
    set.rules.iter().filter_map(|rule| audit(rule, today)).collect()
}

fn audit(rule: &Rule, today: Date) -> Option<Diagnostic> {
    let last = rule.audit_until?;
    let left = today.until(last).ok()?.get_days();
    let (name, place): (&str, Place) = (&rule.name, rule.place());
    let finding = match left {
        ..0 => {
            let message = format!("the audit of rule `{name}` ended with {last}: the rule is enforced");
            let finding = Diagnostic::error(&AUDIT_OVER, place, message);
            finding.help("remove `mode` and `until`, or write a later day where it must not be enforced yet")
        }
        0..=SOON_DAYS => {
            let message =
                format!("the audit of rule `{name}` ends with {last}: from the next day on the rule is enforced");
            let finding = Diagnostic::error(&AUDIT_ENDS_SOON, place, message);
            finding.help(
                "`hookgate dry-run --now DAY` tries the day after; write a later day where it must go on watching",
            )
        }
        _ => return None,
    };
    let asked = rule.ownership.whom_to_ask().map(|ask| finding.clone().help(format!("who answers for it: {ask}")));
    Some(asked.unwrap_or(finding).warning())
}
