//! Describes what a decision means for a person, in groups of what is the same for many.

use crate::engine::{Asks, Decision, Failure, Verdict};
use crate::event::{Event, Hook, OnFailure};
use crate::rule::{Rule, RuleSet};

/// What kind of thing is found, in the order in which it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    Differs,
    Refused,
    Failed,
    Deprovisioned,
    Changed,
    NotDecidable,
    PassedOver,
    Audited,
    Sent,
}

impl What {
    /// For programs.
    pub(super) fn word(self) -> &'static str {
        match self {
            What::Differs => "differs",
            What::Refused => "refused",
            What::Failed => "failed",
            What::Deprovisioned => "deprovisioned",
            What::Changed => "changed",
            What::NotDecidable => "not_decidable",
            What::PassedOver => "passed_over",
            What::Audited => "audited",
            What::Sent => "sent",
        }
    }

    /// Whether it says what becomes of the person; of other kinds there may be several beside it.
    pub(super) fn is_main(self) -> bool {
        match self {
            What::Differs | What::Refused | What::Failed | What::Deprovisioned | What::Changed | What::NotDecidable => {
                true
            }
            What::PassedOver | What::Audited | What::Sent => false,
        }
    }

    /// Whether it is why a scan ends with 1. What audit rules would do, and what is sent, happens to nobody's record.
    pub(super) fn is_found(self) -> bool {
        self.is_main() || self == What::PassedOver
    }
}

/// What many may have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Group {
    pub(super) what: What,
    /// `refused with MobileAlreadyExist`
    pub(super) told: String,
    /// `by mobile-is-free (rules/validate.yaml:26)`; empty where no rule did it.
    pub(super) by: String,
    /// The rule's name.
    pub(super) rule: Option<String>,
}

/// What is found about a person.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) group: Group,
    /// What is this person's own: values, the message of a failure. Secrets are hidden.
    pub(super) detail: String,
}

impl Finding {
    /// A finding that a rule brought about.
    pub(super) fn by(what: What, told: impl Into<String>, rule: Option<&Rule>, detail: impl Into<String>) -> Self {
        let by = rule.map_or_else(String::new, |rule| format!("by {}", named(rule)));
        let group = Group { what, told: told.into(), by, rule: rule.map(|rule| rule.name.clone()) };
        Self { group, detail: detail.into() }
    }
}

/// A rule with its place.
pub(super) fn named(rule: &Rule) -> String {
    format!("{} ({})", rule.name, rule.place().file_line())
}

/// What is said of a decision for which nothing was found: `accepted`, `unchanged`, …
pub(super) fn word(hook: &Hook, event: &Event, decision: &Decision<'_>) -> String {
    match &decision.verdict {
        Verdict::Rejected { code, .. } => code.clone(),
        Verdict::Mapped(_) => "mapped".to_owned(),
        Verdict::Deprovision(true) => "deprovisioned".to_owned(),
        Verdict::Deprovision(false) => "keep their access".to_owned(),
        Verdict::Failed(failure) => failed(hook, failure),
        Verdict::Undecided if decision.is_changed && !decision.changes(event).is_empty() => "changed".to_owned(),
        Verdict::Undecided => hook.kind.undecided().result.to_owned(),
    }
}

/// A rule fails, and what is answered then.
fn failed(hook: &Hook, failure: &Failure) -> String {
    match &hook.on_failure {
        OnFailure::Reject(code) => format!("a rule fails, refused with {code}"),
        OnFailure::Undecided if failure.refuses => "a rule fails, refused with ValidationUnavailable".to_owned(),
        OnFailure::Undecided => "a rule fails, answered as if none decided".to_owned(),
        OnFailure::Unavailable => "a rule fails, answered with 503".to_owned(),
    }
}

/// All that is found of a decision; nothing where the person is accepted as they came.
pub(super) fn findings(hook: &Hook, event: &Event, decision: &Decision<'_>) -> Vec<Finding> {
    let rule = decision.decided_by;
    let main = match &decision.verdict {
        Verdict::Rejected { code, .. } => Some(Finding::by(What::Refused, format!("refused with {code}"), rule, "")),
        Verdict::Failed(failure) => Some(Finding::by(What::Failed, failed(hook, failure), rule, &*failure.message)),
        Verdict::Deprovision(true) => Some(Finding::by(What::Deprovisioned, "deprovisioned", rule, "")),
        Verdict::Mapped(_) | Verdict::Deprovision(false) => None,
        Verdict::Undecided => changed(event, decision),
    };
    let skipped = decision.skipped.iter().map(|skipped| {
        Finding::by(What::PassedOver, "a rule is passed over", Some(skipped.rule), &*skipped.failure.message)
    });
    let audits = decision
        .audits
        .iter()
        .map(|audit| Finding::by(What::Audited, "an audit rule holds", Some(audit.rule), audit.did.join("; ")));
    let sent = decision.deliveries.iter().map(|delivery| Finding {
        group: Group {
            what: What::Sent,
            told: format!("would be sent to {}", delivery.to),
            by: format!("by {}", delivery.rule),
            rule: Some(delivery.rule.clone()),
        },
        detail: String::new(),
    });
    main.into_iter().chain(skipped).chain(audits).chain(sent).collect()
}

/// The fields that are changed make the group, the values are each person's own.
fn changed(event: &Event, decision: &Decision<'_>) -> Option<Finding> {
    let changes = decision.changes(event);
    if changes.is_empty() {
        return None;
    }
    let fields: Vec<String> = changes.iter().map(|change| change.path.to_string()).collect();
    let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "(absent)".to_owned());
    let detail = |change: &crate::engine::Change| {
        format!("{}: {} -> {}", change.path, side(&change.before), side(&change.after))
    };
    let details: Vec<String> = changes.iter().map(detail).collect();
    let told = format!("changed: {}", fields.join(", "));
    Some(Finding::by(What::Changed, told, decision.decided_by, details.join("; ")))
}

/// What is found where an answer of a lookup is missing.
pub(super) fn not_decidable<'r>(missing: impl IntoIterator<Item = (&'r RuleSet, Asks)>) -> Finding {
    let mut names = Vec::new();
    for (rules, Asks(questions)) in missing {
        let asked = questions.iter().filter_map(|question| rules.lookups.get(question.lookup));
        names.extend(asked.map(|lookup| format!("`{}`", lookup.name)));
    }
    names.sort();
    names.dedup();
    let word = if names.len() == 1 { "lookup" } else { "lookups" };
    let told = format!("not decidable: asks {word} {}", names.join(", "));
    Finding::by(What::NotDecidable, told, None, "")
}
