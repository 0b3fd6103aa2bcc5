//! The fields of the event that a value or a condition depends on, through every `let` on the way.

use super::binding::Binding;
use super::condition::{Checks, Condition, Test};
use super::expression::{Expression, Read, ReadFrom};
use crate::event::Path;

/// Every name that a condition reads, what it compares with included.
pub fn of_condition(condition: &Condition, found: &mut Vec<Read>) {
    match condition {
        Condition::Always => {}
        Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| of_condition(part, found)),
        Condition::Not(inner) => of_condition(inner, found),
        Condition::Test(test) => of_test(test, found),
        Condition::Script(script) => script.value.reads(found),
    }
}

/// Every name that a test reads.
pub fn of_test(test: &Test, found: &mut Vec<Read>) {
    found.push(test.subject.clone());
    of_checks(&test.checks, found);
}

/// Every name that operators compare with.
pub fn of_checks(checks: &Checks, found: &mut Vec<Read>) {
    for check in &checks.checks {
        check.operator.inner().into_iter().for_each(|inner| of_checks(inner, found));
        check.operator.compares_with().into_iter().for_each(|operand| operand.reads(found));
    }
}

/// The fields behind names. A name that `let` binds stands for those its value is computed from.
#[must_use]
pub fn fields(reads: Vec<Read>, bindings: &[Binding]) -> Vec<Path> {
    let mut next = reads;
    let mut seen = Vec::new();
    let mut found: Vec<Path> = Vec::new();
    while let Some(read) = next.pop() {
        match read.from {
            ReadFrom::Slot(_) if !found.contains(&read.path) => found.push(read.path),
            ReadFrom::Binding(binding) if !seen.contains(&binding) => {
                seen.push(binding);
                next.extend(bindings.get(binding).map(behind).unwrap_or_default());
            }
            _ => {}
        }
    }
    found
}

/// The names that a `let` reads.
#[must_use]
pub fn behind(binding: &Binding) -> Vec<Read> {
    binding.value.values().flat_map(of_expression).collect()
}

/// The names that a value reads.
#[must_use]
pub fn of_expression(expression: &Expression) -> Vec<Read> {
    let mut reads = Vec::new();
    expression.reads(&mut reads);
    reads
}
