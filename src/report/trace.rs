//! Prints a decision and its trace for people.

use std::fmt::Write as _;

use crate::diagnostic::escaped;
use crate::engine::{Asked, Decision, Outcome, RuleTrace, Verdict};

/// The decision in a line: `validateUser: rejected with MobileAlreadyExist by mobile-is-free (rules/validate.yaml:26)`.
#[must_use]
pub fn headline(hook: &str, decision: &Decision<'_>) -> String {
    let outcome = match &decision.verdict {
        Verdict::Rejected { code, .. } => format!("rejected with {code}"),
        Verdict::Mapped(_) => "mapped".to_owned(),
        Verdict::Deprovision(value) => format!("deprovision {value}"),
        Verdict::Failed(failure) => format!("a rule failed, `on_failure` answers: {}", failure.message),
        Verdict::Undecided if decision.is_changed => "user changed".to_owned(),
        Verdict::Undecided => "no rule decided".to_owned(),
    };
    let mut line = escaped(&format!("{hook}: {outcome}")).into_owned();
    if let Some(rule) = decision.decided_by {
        let _ = write!(line, " by {} ({})", escaped(&rule.name), escaped(&rule.place().file_line()));
    }
    for refusal in decision.refusals.iter().skip(1) {
        let (code, rule) = (escaped(&refusal.code), escaped(&refusal.rule.name));
        let _ = write!(line, "\n  and with {code} by {rule} ({})", escaped(&refusal.rule.place().file_line()));
    }
    if let Verdict::Failed(failure) = &decision.verdict
        && let Some(help) = &failure.help
    {
        let _ = write!(line, "\n  help: {help}");
    }
    line
}

/// Each rule with the condition that failed, the value it saw, and what it did.
#[must_use]
pub fn explanation(trace: &[RuleTrace]) -> String {
    let mut out = String::new();
    for rule in trace {
        let (mark, words) = match &rule.outcome {
            Outcome::Held => ("+", "held"),
            Outcome::NotHeld(_) => ("-", "did not hold"),
            Outcome::Failed(_) => ("!", "failed"),
            Outcome::Skipped(_) => ("!", "was skipped"),
            Outcome::NotReached => (" ", "was not reached"),
            Outcome::Off => (" ", "is off"),
        };
        let audit = match rule.audit_until {
            _ if !rule.is_audit => String::new(),
            None => " (audit: changes nothing)".to_owned(),
            Some(last) => format!(" (audit until {last}: changes nothing)"),
        };
        let _ = writeln!(out, "  {mark} {} {words}{audit}  {}", escaped(&rule.rule), escaped(&rule.at));
        match &rule.outcome {
            Outcome::NotHeld(Some(why)) => {
                let _ = writeln!(out, "      {}", escaped(&why.condition));
                let _ = writeln!(out, "      {}  {}", escaped(&why.saw), escaped(&why.at));
            }
            Outcome::Failed(message) | Outcome::Skipped(message) => {
                let _ = writeln!(out, "      {}", escaped(message));
            }
            _ => {}
        }
        for row in &rule.rows {
            let _ = writeln!(out, "      row {} of its table", row + 1);
        }
        for line in rule.asked.iter().flat_map(Asked::lines) {
            let _ = writeln!(out, "      {}", escaped(&line));
        }
        for did in &rule.did {
            let _ = writeln!(out, "      {}", escaped(did));
        }
    }
    out
}
