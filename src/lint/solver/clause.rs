//! Turns a condition into alternative clauses, each a list of tests that must all hold or fail.

use std::ops::Range;

use super::key;
use super::variable::{Variable, Variables};
use crate::rule::{Checks, Condition, Test, scalar};

/// Most alternatives of one condition that are looked at; of a condition with more nothing is claimed.
const ALTERNATIVES: usize = 64;

/// One test with what must become of it.
#[derive(Clone, Debug)]
pub struct Literal<'r> {
    pub variable: usize,
    pub tested: Tested<'r>,
    pub wanted: bool,
    /// The test in its file.
    pub span: &'r Range<usize>,
}

/// What is tested of a variable.
#[derive(Clone, Copy, Debug)]
pub enum Tested<'r> {
    Checks(&'r Checks),
    /// Whether a script gives true.
    Script,
}

/// Tests that must all come out as wanted.
pub type Clause<'r> = Vec<Literal<'r>>;

/// The alternatives of which one must hold for the condition to hold; `None` when they are too many.
pub fn alternatives<'r>(condition: &'r Condition, variables: &mut Variables<'r>) -> Option<Vec<Clause<'r>>> {
    expand(condition, true, variables)
}

/// The literal of one test.
pub fn literal<'r>(test: &'r Test, variables: &mut Variables<'r>) -> Literal<'r> {
    Literal {
        variable: variables.of_read(&test.subject),
        tested: Tested::Checks(&test.checks),
        wanted: true,
        span: &test.span,
    }
}

/// Both, for each pair of alternatives; `None` when they are too many.
pub fn both<'r>(first: &[Clause<'r>], second: &[Clause<'r>]) -> Option<Vec<Clause<'r>>> {
    if first.len() * second.len() > ALTERNATIVES {
        return None;
    }
    let pair = |a: &Clause<'r>| second.iter().map(|b| [a.as_slice(), b].concat()).collect::<Vec<_>>();
    Some(first.iter().flat_map(pair).collect())
}

fn expand<'r>(condition: &'r Condition, wanted: bool, variables: &mut Variables<'r>) -> Option<Vec<Clause<'r>>> {
    Some(match condition {
        Condition::Always if wanted => vec![Vec::new()],
        Condition::Always => Vec::new(),
        Condition::Not(inner) => return expand(inner, !wanted, variables),
        Condition::Test(test) => vec![vec![Literal { wanted, ..literal(test, variables) }]],
        Condition::Script(script) => {
            let variable = variables.number(Variable::Script(key::of_expression(&script.value)));
            vec![vec![Literal { variable, tested: Tested::Script, wanted, span: &script.span }]]
        }
        Condition::All(parts) if wanted => return each(parts, wanted, variables),
        Condition::Any(parts) if !wanted => return each(parts, wanted, variables),
        Condition::All(parts) | Condition::Any(parts) => {
            let mut any = Vec::new();
            for part in parts {
                any.extend(expand(part, wanted, variables)?);
            }
            if any.len() > ALTERNATIVES {
                return None;
            }
            any
        }
    })
}

fn each<'r>(parts: &'r [Condition], wanted: bool, variables: &mut Variables<'r>) -> Option<Vec<Clause<'r>>> {
    let mut all = vec![Vec::new()];
    for part in parts {
        all = both(&all, &expand(part, wanted, variables)?)?;
    }
    Some(all)
}

impl Literal<'_> {
    /// The hashes of the only values with which it comes out as wanted, where it says so outright.
    pub fn values(&self) -> Option<Vec<u64>> {
        let Tested::Checks(checks) = self.tested else { return None };
        if !self.wanted || checks.ignore_case {
            return None;
        }
        let plain = checks.checks.iter().filter(|check| !check.operator.is_negated);
        plain
            .filter_map(|check| check.operator.equal_to())
            .find_map(|values| values.into_iter().map(|value| scalar(value, false)).collect())
    }
}
