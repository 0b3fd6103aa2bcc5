//! Compares two decisions about one person.

use std::collections::BTreeMap;

use super::outcome::{Finding, Group, What, named, word};
use crate::engine::{Decision, Verdict};
use crate::event::{Event, Hook, Value};

/// How the second decision differs from the first; nothing where nobody outside would see it. Which rule decides is told, and
/// is no difference.
pub(super) fn difference(hook: &Hook, event: &Event, before: &Decision<'_>, now: &Decision<'_>) -> Option<Finding> {
    let (was, is) = (word(hook, event, before), word(hook, event, now));
    let told = if was == is {
        let parts = others(hook, event, before, now);
        if parts.is_empty() {
            return None;
        }
        format!("{is} as before, with other {}", parts.join(", "))
    } else {
        format!("{was} -> {is}")
    };
    let by = match (before.decided_by, now.decided_by) {
        (Some(rule), Some(other)) if rule.name != other.name => format!("by {}, before by {}", named(other), rule.name),
        (_, Some(rule)) => format!("by {}", named(rule)),
        (Some(rule), None) => format!("no longer by {}", named(rule)),
        (None, None) => String::new(),
    };
    let rule = now.decided_by.or(before.decided_by).map(|rule| rule.name.clone());
    Some(Finding { group: Group { what: What::Differs, told, by, rule }, detail: detail(event, before, now) })
}

/// What else differs where both decisions have one word.
fn others(hook: &Hook, event: &Event, before: &Decision<'_>, now: &Decision<'_>) -> Vec<&'static str> {
    let same_value = |one: Option<&Value<'_>>, other: Option<&Value<'_>>| match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => one.view().identical(other.view()),
        _ => false,
    };
    let (user, other_user) = (before.answered_user(hook, event), now.answered_user(hook, event));
    let audits = |decision: &Decision<'_>| -> Vec<(String, Vec<String>)> {
        decision.audits.iter().map(|audit| (audit.rule.name.clone(), audit.did.clone())).collect()
    };
    let skipped = |decision: &Decision<'_>| -> Vec<String> {
        decision.skipped.iter().map(|skipped| skipped.rule.name.clone()).collect()
    };
    let is_same_sent = before.deliveries.len() == now.deliveries.len()
        && before
            .deliveries
            .iter()
            .zip(&now.deliveries)
            .all(|(one, other)| (&one.to, &one.key, &one.body) == (&other.to, &other.key, &other.body));
    let all = [
        ("values", same_value(user.as_ref(), other_user.as_ref())),
        ("mapped value", same_value(mapped(before), mapped(now))),
        ("attribute", attribute(before) == attribute(now)),
        ("deliveries", is_same_sent),
        ("audit rules", audits(before) == audits(now)),
        ("rules that are passed over", skipped(before) == skipped(now)),
    ];
    all.into_iter().filter(|(_, is_same)| !is_same).map(|(what, _)| what).collect()
}

fn mapped<'d>(decision: &'d Decision<'_>) -> Option<&'d Value<'static>> {
    match &decision.verdict {
        Verdict::Mapped(value) => Some(value),
        Verdict::Undecided | Verdict::Rejected { .. } | Verdict::Deprovision(_) | Verdict::Failed(_) => None,
    }
}

fn attribute<'d>(decision: &'d Decision<'_>) -> Option<&'d str> {
    match &decision.verdict {
        Verdict::Rejected { attribute, .. } => attribute.as_deref(),
        Verdict::Undecided | Verdict::Mapped(_) | Verdict::Deprovision(_) | Verdict::Failed(_) => None,
    }
}

/// The values that differ, each with what it was and what it is.
fn detail(event: &Event, before: &Decision<'_>, now: &Decision<'_>) -> String {
    if let Verdict::Failed(failure) = &now.verdict {
        return failure.message.clone();
    }
    if let (Some(was), Some(is)) = (mapped(before), mapped(now)) {
        return format!("{} -> {}", was.view().shown(), is.view().shown());
    }
    let mut fields: BTreeMap<String, [Option<String>; 2]> = BTreeMap::new();
    for (side, decision) in [before, now].into_iter().enumerate() {
        for change in decision.changes(event) {
            let came = change.before.clone();
            let sides = fields.entry(change.path.to_string()).or_insert_with(|| [came.clone(), came]);
            if let Some(value) = sides.get_mut(side) {
                *value = change.after;
            }
        }
    }
    let shown = |value: Option<String>| value.unwrap_or_else(|| "(absent)".to_owned());
    let differing = fields.into_iter().filter(|(_, [was, is])| was != is);
    let lines = differing.map(|(path, [was, is])| format!("{path}: {} -> {}", shown(was), shown(is)));
    lines.collect::<Vec<_>>().join("; ")
}
