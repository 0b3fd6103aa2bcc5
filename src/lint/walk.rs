//! Visits every test of the rules, for findings that need only one test.

use std::sync::Arc;

use crate::diagnostic::File;
use crate::rule::{Check, Checks, Comparator, Condition, Rule, Table, Test};

/// One test of a rule, and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Site<'r> {
    pub rule: &'r Rule,
    pub test: &'r Test,
    pub file: &'r Arc<File>,
    /// The table, where the test is a cell of it, with the cell as it is written.
    pub cell: Option<(&'r Table, &'r str)>,
}

/// One operator within a test.
#[derive(Clone, Copy, Debug)]
pub struct Part<'r> {
    pub check: &'r Check,
    pub ignore_case: bool,
    /// Whether it is asked of elements of the value, not of the value itself.
    pub is_of_element: bool,
}

/// Every test of a rule: those of its condition, then those of its table's rows.
pub fn tests<'r>(rule: &'r Rule, visit: &mut dyn FnMut(Site<'r>)) {
    of_condition(&rule.when, &mut |test| visit(Site { rule, test, file: &rule.file, cell: None }));
    let Some(table) = &rule.table else { return };
    for row in &table.rows {
        for (column, test) in row.tests.iter().enumerate() {
            let Some(test) = test else { continue };
            visit(Site { rule, test, file: &table.file, cell: Some((table, table.cell(row, column))) });
        }
    }
}

fn of_condition<'r>(condition: &'r Condition, visit: &mut dyn FnMut(&'r Test)) {
    match condition {
        Condition::Always | Condition::Script(_) => {}
        Condition::All(several) | Condition::Any(several) => several.iter().for_each(|one| of_condition(one, visit)),
        Condition::Not(inner) => of_condition(inner, visit),
        Condition::Test(test) => visit(test),
    }
}

/// Every operator of a test, those within `any`, `every`, `count` and `not` too.
pub fn parts<'r>(checks: &'r Checks, is_of_element: bool, visit: &mut dyn FnMut(Part<'r>)) {
    for check in &checks.checks {
        match &check.operator.comparator {
            Comparator::Elements(_, inner) | Comparator::Count(_, inner) | Comparator::Field(_, inner) => {
                parts(inner, true, visit);
            }
            Comparator::Not(inner) => parts(inner, is_of_element, visit),
            Comparator::Value(..)
            | Comparator::Pattern(_)
            | Comparator::Date(..)
            | Comparator::Property(..)
            | Comparator::Length(_)
            | Comparator::Range(_)
            | Comparator::Within(_)
            | Comparator::FoundIn(_) => visit(Part { check, ignore_case: checks.ignore_case, is_of_element }),
        }
    }
}
