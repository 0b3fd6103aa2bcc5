//! Runs `hookgate doctor`: prints what was found, and ends with the exit code.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args as ClapArgs, ValueEnum};

use crate::cli::exit::{Exit, Failure, Output};
use crate::cli::progress::Progress;
use crate::cli::rules::facts;
use crate::config::Settings;
use crate::report::doctor::{Wrong, trials};

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
    let progress = Progress::begin("waiting for connections and destinations");
    let told = trials(settings, bearer.as_ref(), limit);
    drop(progress);
    let told = told.map_err(|Wrong { message, help }| {
        let failure = Failure::message(message);
        if let Some(help) = help { failure.help(help) } else { failure }
    })?;
    let stdout = match args.format {
        Format::Text => told.to_text(),
        Format::Json => told.to_json(),
    };
    Ok(Output { stdout, exit: if told.is_well() { Exit::Well } else { Exit::Found } })
}
