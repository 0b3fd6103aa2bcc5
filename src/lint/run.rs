//! Runs all checks on a rule set.

use super::checks::CHECKS;
use super::finding::Finding;
use super::rule_model::RuleModel;
use super::write::Writes;
use crate::rule::RuleSet;

/// What the analysis came to.
#[derive(Debug)]
pub struct Lint {
    /// Warnings, each to be told only as far as it is certain or shown by an example.
    pub findings: Vec<Finding>,
    /// Whether everything was looked at; of rules beyond what may be spent nothing is claimed.
    pub is_complete: bool,
}

/// Most findings that examples are run for; of more only what is certain is told.
const EXAMPLES_OF_A_CHECK: usize = 300;

/// Analyses a rule set without running it. Takes seconds at most: beyond a bound of work nothing more is claimed.
#[must_use]
pub fn lint(set: &RuleSet) -> Lint {
    let writes = Writes::of(&set.rules);
    let mut survey = RuleModel::new(set, &writes);
    for (_, look) in CHECKS {
        look(&mut survey);
    }
    let mut is_complete = survey.budget.left > 0;
    let with_calls = survey.found.iter_mut().filter(|finding| !finding.calls.is_empty());
    for finding in with_calls.skip(EXAMPLES_OF_A_CHECK) {
        finding.calls.clear();
        is_complete &= finding.is_certain;
    }
    Lint { is_complete, findings: survey.found }
}
