//! Checks rules that were read: every mistake, and what is suspect, without running anything.

use crate::diagnostic::{Diagnostic, Report, code};
use crate::engine::testing::case;
use crate::engine::testing::case::Surroundings;
use crate::gateway::Live;
use crate::lint::{Allows, Lint, audits, lint, prove};
use crate::rule::{Sources, Tenant};

/// What a check does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Compiling,
    /// Looking for what is suspect.
    Analysing,
    /// The same, once more for each test, and each finding that an example is run for.
    GoingOn,
}

/// What a check came to.
#[derive(Debug)]
pub struct Checked {
    /// Every finding, in order of files and lines.
    pub report: Report,
    /// The rules with their tables; none where there is a mistake.
    pub live: Option<Live>,
    /// Warnings that remarks in the files silenced.
    pub allowed: usize,
    /// Whether the analysis looked at everything.
    pub is_complete: bool,
}

/// Checks what was read of a rules folder. `doing` is told each step and says whether it is to be done: where it is not, the
/// analysis is cut short. `failed` may say of rules that do not compile what is wrong with the folder itself.
pub fn check(
    sources: &Sources,
    tenant: &Tenant,
    surroundings: &Surroundings,
    doing: &mut dyn FnMut(Step) -> bool,
    failed: impl FnOnce(Report) -> Report,
) -> Checked {
    let _ = doing(Step::Compiling);
    let built = Live::build(sources, tenant);
    let _ = doing(Step::Analysing);
    let (live, mut report, is_complete) = match built {
        Ok((live, mut report)) => {
            let is_complete = check_idempotence(&live, surroundings, &mut report, doing)
                && analyse(&live, surroundings, &mut report, doing);
            (Some(live), report, is_complete)
        }
        Err(report) => (None, failed(report), true),
    };
    let allowed = allow(sources, live.is_some(), &mut report);
    report.sort();
    Checked { report, live, allowed, is_complete }
}

/// What can be known without running the rules; whether all of it was looked at.
fn analyse(live: &Live, surroundings: &Surroundings, report: &mut Report, doing: &mut dyn FnMut(Step) -> bool) -> bool {
    let Lint { findings, mut is_complete } = lint(&live.rules);
    for finding in findings {
        if !doing(Step::GoingOn) {
            is_complete = false;
            break;
        }
        report.findings.extend(prove(&live.rules, finding, &live.tables, surroundings));
    }
    report.findings.extend(audits(&live.rules, surroundings.calendar.day(surroundings.now)));
    is_complete
}

/// Takes out the warnings that remarks in the files allow; how many they were.
fn allow(sources: &Sources, is_analysed: bool, report: &mut Report) -> usize {
    let mut allows = Allows::read(sources, report);
    let allowed = allows.silence(report);
    if is_analysed {
        allows.warn_of_idle(report);
    }
    allowed
}

/// Rules that change their own output when they run on it again are found on the tests; whether all tests were run.
fn check_idempotence(
    live: &Live,
    surroundings: &Surroundings,
    report: &mut Report,
    doing: &mut dyn FnMut(Step) -> bool,
) -> bool {
    for case in &live.rules.cases {
        if !doing(Step::GoingOn) {
            return false;
        }
        let changed = case::second_run_changes(&live.rules, case, &live.tables, surroundings);
        if let Some(path) = changed.first() {
            let message = format!("run on their own output, the rules change `{path}` once more");
            let finding = Diagnostic::error(&code::NOT_IDEMPOTENT, case.place(), message).label("seen in this test");
            let help =
                "the platform may call twice: let the rule test what it is going to write, or use `default` or `add`";
            report.push(finding.help(help).warning());
        }
    }
    true
}
