//! Runs the tests of a rule set, and keeps which rules held in which.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::engine::Outcome;
use crate::engine::testing::case;
use crate::engine::testing::case::{CaseVerdict, Surroundings};
use crate::engine::testing::coverage::Coverage;
use crate::gateway::Live;
use crate::report::docs::{Came, Proof};

/// How long tests may run, together.
const TIME_LIMIT: Duration = Duration::from_mins(1);
/// Rules by their places, each with the rows of its table that held.
type Held = Vec<(usize, Vec<usize>)>;

/// What came of the tests of a rule set.
#[derive(Debug)]
pub(in crate::console) struct Examined {
    pub live: Arc<Live>,
    /// By the places of the tests: what came of each, and the rules that held in it with the rows of their tables.
    came: Vec<(Came, Held)>,
    /// By the places of the rules: in how many tests that passed each held.
    pub passed: Vec<usize>,
    pub coverage: Coverage,
}

impl Examined {
    /// Runs the tests, as many as there is time for.
    pub fn of(live: Arc<Live>, surroundings: &Surroundings) -> Self {
        let (set, end) = (&live.rules, Instant::now() + TIME_LIMIT);
        let (mut came, mut coverage) = (Vec::with_capacity(set.cases.len()), Coverage::default());
        let mut passed = vec![0; set.rules.len()];
        coverage.expect(set);
        for case in set.cases.iter().take_while(|_| Instant::now() < end) {
            let result = case::run(set, case, &live.tables, surroundings);
            coverage.note(set, case.hook, &result.trace);
            let rules = set.rules.iter().enumerate().filter(|(_, rule)| rule.hooks.contains(&case.hook));
            let held = rules.zip(result.trace).filter(|(_, trace)| matches!(trace.outcome, Outcome::Held));
            let held: Vec<_> = held.map(|((number, _), trace)| (number, trace.rows)).collect();
            let verdict = match result.verdict {
                CaseVerdict::Passed => Came::Passed,
                CaseVerdict::Failed(_) => Came::Failed,
                CaseVerdict::Error(_) => Came::NotRun,
            };
            if verdict == Came::Passed {
                for (rule, _) in &held {
                    passed.get_mut(*rule).into_iter().for_each(|count: &mut usize| *count += 1);
                }
            }
            came.push((verdict, held));
        }
        Self { live, came, passed, coverage }
    }

    /// The tests in which a rule held.
    pub fn proofs(&self, rule: usize) -> Vec<Proof<'_>> {
        let cases = self.live.rules.cases.iter().zip(&self.came);
        let of_rule = cases.filter(|(_, (_, held))| held.iter().any(|(held, _)| *held == rule));
        of_rule.map(|(case, (came, held))| Proof { case, came: *came, held: held.clone() }).collect()
    }

    /// How many tests came out so.
    pub fn count(&self, wanted: Came) -> usize {
        self.came.iter().filter(|(came, _)| *came == wanted).count()
    }

    /// How many tests were not reached within their time.
    pub fn left_out(&self) -> usize {
        self.live.rules.cases.len() - self.came.len()
    }
}
