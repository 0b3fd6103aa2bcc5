//! Runs `hookgate doctor`: what is tested, the order of the report, and the exit code.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args as ClapArgs, ValueEnum};
use futures_util::future::join4;

use super::told::Trials;
use super::{collector, connections, destinations, keys, start};
use crate::cli::exit::{Exit, Failure, Output};
use crate::cli::progress::Progress;
use crate::cli::rules::facts;
use crate::config::Settings;
use crate::diagnostic::{Report, code};
use crate::gateway::Live;
use crate::lookup::Connections;

#[derive(ClapArgs, Debug)]
pub struct Args {
    /// Longest wait for each, in milliseconds; all are tried at once
    #[arg(long, value_name = "MS", default_value_t = 5_000, value_parser = clap::value_parser!(u64).range(1..=600_000))]
    pub timeout_ms: u64,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// File with the bearer of a call, for connections with `token: caller`
    #[arg(long, value_name = "FILE")]
    pub bearer: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: a line for each, and what to do below it
    Text,
    /// For programs: one JSON object for each, and one for the sum
    Json,
}

/// Tries connections, destinations, the outbox, keys that are published, and the collector of traces; and whether `serve` would
/// start.
///
/// # Errors
/// When the bearer cannot be read, or the operating system gives no threads.
pub fn run(args: &Args, settings: &Settings) -> Result<Output, Failure> {
    let bearer = args.bearer.as_deref().map(facts::bearer).transpose()?;
    let limit = Duration::from_millis(args.timeout_ms);
    // Warnings and mistakes of the rules are told by `check`.
    let read = Live::read_as_started(&settings.gateway, &settings.tenant);
    let is_without = |report: &Report| report.findings.iter().any(|finding| finding.code == &code::NO_RULES);
    let has_rules = settings.gateway.rules.exists() && !read.as_ref().err().is_some_and(is_without);
    let live = read.ok().map(|(live, _)| live);
    let lookups = live.as_ref().map(|live| live.rules.lookups.as_slice());
    let opened = Connections::open_each(&settings.lookup).map_err(|trouble| Failure::message(trouble.message))?;
    let runtime = opened.0.runtime();
    let connections = connections::tried(&settings.lookup, &opened, bearer.as_ref(), limit, lookups);
    let (sending, keys) = (destinations::tried(&settings.outbox, limit), keys::tried(&settings.server.auth, limit));
    let collector = collector::tried(&settings.telemetry.traces, limit);
    let progress = Progress::begin("waiting for connections and destinations");
    let (mut tried, sending, keys, collector) = runtime.block_on(join4(connections, sending, keys, collector));
    drop(progress);
    tried.extend(sending.into_iter().chain(keys).chain(collector));
    let obstacles = start::looked_at(settings);
    let told = Trials {
        tried,
        obstacles,
        compiles: live.is_some(),
        has_rules,
        rules: settings.gateway.rules.display().to_string(),
    };
    let stdout = match args.format {
        Format::Text => told.to_text(),
        Format::Json => told.to_json(),
    };
    Ok(Output { stdout, exit: if told.is_well() { Exit::Well } else { Exit::Found } })
}
