//! Which names a condition guarantees to be there where it holds.

use crate::event::Path;
use crate::rule::{Checks, Condition, Expression, Read, ReadFrom, Test, reads};

/// What must hold besides, and so keeps absent values out.
#[derive(Clone, Debug, Default)]
pub struct Guards<'r> {
    conditions: Vec<&'r Condition>,
    tests: Vec<&'r Test>,
}

impl<'r> Guards<'r> {
    /// Those of a condition.
    pub fn of(condition: &'r Condition) -> Self {
        Self { conditions: parts(condition), tests: Vec::new() }
    }

    /// These and more tests that must hold.
    pub fn and(&self, tests: impl Iterator<Item = &'r Test>) -> Self {
        Self { conditions: self.conditions.clone(), tests: tests.collect() }
    }

    /// These and more conditions that must hold.
    pub fn with(&self, more: impl Iterator<Item = &'r Condition>) -> Self {
        Self { conditions: self.conditions.iter().copied().chain(more).collect(), tests: self.tests.clone() }
    }

    /// Whether the name certainly has a value where all of them hold.
    pub fn keep(&self, read: &Read) -> bool {
        let of_conditions = self.conditions.iter().any(|condition| of_absent(condition, read) == Some(false));
        of_conditions || self.tests.iter().any(|test| test_of_absent(test, read) == Some(false))
    }

    /// Whether the row that a `let` names is certainly there: some part of it is.
    pub fn keep_any_of(&self, binding: usize) -> bool {
        let mut all = Vec::new();
        self.conditions.iter().for_each(|condition| reads::of_condition(condition, &mut all));
        self.tests.iter().for_each(|test| reads::of_test(test, &mut all));
        all.iter().filter(|read| read.from == ReadFrom::Binding(binding)).any(|read| self.keep(read))
    }

    /// Whether the same is asked here, in the same words.
    pub fn has(&self, part: &Condition) -> bool {
        self.conditions.iter().any(|condition| same(condition, part))
    }
}

/// The parts of a condition, all of which must hold.
pub fn parts(condition: &Condition) -> Vec<&Condition> {
    match condition {
        Condition::Always => Vec::new(),
        Condition::All(several) => several.iter().flat_map(parts).collect(),
        Condition::Any(_) | Condition::Not(_) | Condition::Test(_) | Condition::Script(_) => vec![condition],
    }
}

/// The fields that a condition asks of.
pub fn reads(condition: &Condition) -> Vec<Path> {
    let mut found = Vec::new();
    reads::of_condition(condition, &mut found);
    found.into_iter().map(|read| read.path).collect()
}

/// Two tests of one name that ask the same: their operators as they are known to the program.
fn same(one: &Condition, other: &Condition) -> bool {
    match (one, other) {
        (Condition::Test(one), Condition::Test(other)) => {
            one.subject == other.subject && format!("{:?}", plain(&one.checks)) == format!("{:?}", plain(&other.checks))
        }
        _ => false,
    }
}

/// The operators without the places where they stand.
fn plain(checks: &Checks) -> (bool, Vec<String>) {
    let operators = checks.checks.iter().map(|check| match check.operator.inner() {
        Some(inner) => {
            format!("{:?} {} {:?}", check.operator.comparator.kind(), check.operator.is_negated, plain(inner))
        }
        None => format!("{:?}", check.operator),
    });
    (checks.ignore_case, operators.collect())
}

/// Whether the condition holds where the name is absent; `None` where other values have a say. A condition that fails
/// then does not hold.
pub fn of_absent(condition: &Condition, read: &Read) -> Option<bool> {
    let several = |conditions: &[Condition], settled: bool| {
        let held: Vec<Option<bool>> = conditions.iter().map(|condition| of_absent(condition, read)).collect();
        if held.contains(&Some(settled)) {
            return Some(settled);
        }
        held.iter().all(Option::is_some).then_some(!settled)
    };
    match condition {
        Condition::Always => Some(true),
        Condition::All(conditions) => several(conditions, false),
        Condition::Any(conditions) => several(conditions, true),
        // Where the inner condition fails, or is a script, its opposite is no more to be had.
        Condition::Not(inner) if sees_to(inner, read) => Some(false),
        Condition::Not(inner) => of_absent(inner, read).map(|held| !held),
        Condition::Test(test) => test_of_absent(test, read),
        // Whoever reads the name in a script is taken to have seen to it.
        Condition::Script(script) => reads_it(&script.value, read).then_some(false),
    }
}

/// Whether a script in the condition reads the name, or a comparison with it would fail.
fn sees_to(condition: &Condition, read: &Read) -> bool {
    match condition {
        Condition::Always => false,
        Condition::All(several) | Condition::Any(several) => several.iter().any(|one| sees_to(one, read)),
        Condition::Not(inner) => sees_to(inner, read),
        Condition::Test(test) => !is_within(&test.subject, read) && test_of_absent(test, read).is_some(),
        Condition::Script(script) => reads_it(&script.value, read),
    }
}

fn test_of_absent(test: &Test, read: &Read) -> Option<bool> {
    if is_within(&test.subject, read) {
        return test.checks.hold_of(None).or_else(|| fails_of_absent(&test.checks).then_some(false));
    }
    // What it compares with must be there, or the rule has failed already.
    let compares = test.checks.checks.iter().filter_map(|check| check.operator.operand());
    compares.into_iter().any(|operand| reads_it(operand, read) && must_be_there(operand)).then_some(false)
}

/// Whether some operator among these is one that no absent value passes.
fn fails_of_absent(checks: &Checks) -> bool {
    checks.checks.iter().any(|check| check.operator.hold_of(None, checks.ignore_case) == Some(false))
}

fn must_be_there(operand: &Expression) -> bool {
    matches!(operand, Expression::Read(_) | Expression::Template(_))
}

fn reads_it(value: &Expression, read: &Read) -> bool {
    reads::of_expression(value).iter().any(|other| is_within(other, read))
}

/// Whether `inner` is the name, or a part of what it names.
fn is_within(inner: &Read, read: &Read) -> bool {
    let same_root = match (inner.from, read.from) {
        (ReadFrom::Binding(one), ReadFrom::Binding(other)) => one == other,
        (ReadFrom::Slot(_), ReadFrom::Slot(_)) => inner.path.root == read.path.root,
        _ => false,
    };
    same_root && inner.path.segments.starts_with(&read.path.segments)
}
