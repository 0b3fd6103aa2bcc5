//! Rules for people: who answers for them, audits that end, all reasons of a refusal, settings, rows that are valid in time.

mod audit;
mod ownership;
mod refusals;
mod setting;
mod valid;

use std::path::Path;
use std::sync::Arc;

use hookgate::diagnostic::{File, Report};
use hookgate::engine::testing::case::{self, CaseVerdict, Surroundings};
use hookgate::event::Calendar;
use hookgate::gateway::Live;
use hookgate::rule::{Role, Sources, Tenant};

use crate::support::server::tenant_of;

/// Rules by these files, where gateway.yaml says this.
fn built(gateway: &str, files: &[(&str, &str)]) -> Result<(Live, Report), Report> {
    let read = |(name, text): &(&str, &str)| (Role::of(name).unwrap(), Arc::new(File::new(*name, *text)));
    let sources = Sources::from_files(Path::new("rules"), files.iter().map(read).collect());
    let tenant = if gateway.is_empty() { Tenant::standard() } else { tenant_of(gateway) };
    Live::build(&sources, &tenant)
}

fn live(gateway: &str, files: &[(&str, &str)]) -> Live {
    built(gateway, files).unwrap_or_else(|report| panic!("{}", report.to_text(false))).0
}

/// What is said of files, mistakes and warnings.
fn said(gateway: &str, files: &[(&str, &str)]) -> String {
    match built(gateway, files) {
        Ok((_, report)) | Err(report) => report.to_text(false),
    }
}

/// The tests that did not pass, each with why.
fn not_passed(live: &Live) -> Vec<String> {
    let surroundings =
        Surroundings { now: "2026-12-01T06:00:00Z".parse().unwrap(), calendar: Calendar::utc(), rounds: 8 };
    let run = |case| match case::run(&live.rules, case, &live.tables, &surroundings).verdict {
        CaseVerdict::Passed => None,
        other => Some(format!("{}: {other:?}", case.name)),
    };
    assert!(!live.rules.cases.is_empty());
    live.rules.cases.iter().filter_map(run).collect()
}
