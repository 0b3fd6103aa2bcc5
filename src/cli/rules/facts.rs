//! The facts of a dry run: written in a file, or asked of the real sources.

use std::path::Path;
use std::sync::Arc;

use secrecy::SecretString;

use crate::cli::exit::Failure;
use crate::config::Settings;
use crate::diagnostic::{File, Report};
use crate::engine::{Decision, explain};
use crate::event::{Event, Hook};
use crate::gateway::{Allowance, Live, settle};
use crate::lookup::{Connections, Remotes};
use crate::outside::read_small_file;
use crate::report::{Tried, tried};
use crate::rule::{GivenLookup, Lookup, given_lookups};
use crate::telemetry::traces::Span;

/// Largest file with answers, and with a bearer, in bytes.
const FILE_LIMIT_BYTES: u64 = 1 << 20;

/// Decides with the answers of a file; what it lacks is named.
pub fn given(live: &Live, event: &Event, hook: &Hook, file: Option<&Path>, rounds: usize) -> Result<Tried, Failure> {
    let given = file.map(|file| read_given(file, &live.rules.lookups)).transpose()?.unwrap_or_default();
    tried(live, event, hook, &given, rounds).map_err(|missing| {
        let help = format!(
            "write `{missing}` into a file, each with a row, a list of rows or null, and name it with `--given FILE`; \
             or ask the real sources with `--live`"
        );
        Failure::message("the rules ask lookups whose answers are not given").help(help)
    })
}

/// Decides with what the real sources answer.
pub fn asked<R>(
    live: &Live,
    event: &Event,
    hook: &Hook,
    settings: &Settings,
    show: impl FnOnce(Decision<'_>) -> R,
) -> Result<R, Failure> {
    let asks = match explain(&live.rules, event, &live.tables) {
        Ok(decision) => return Ok(show(decision)),
        Err(asks) => asks,
    };
    let connections = Connections::open(&settings.lookup).map_err(Failure::settings)?;
    let remotes = Remotes::new(&live.rules.lookups, &connections);
    let allowance = Allowance { budget: hook.budget, rounds: settings.lookup.round_limit };
    let facts = (&live.rules, &live.tables, &remotes);
    let show = |decision: Decision<'_>, _, _| show(decision);
    Ok(connections.runtime().block_on(settle(facts, event, explain, (asks, &Span::default()), allowance, show)))
}

/// What a file answers for these lookups.
pub fn read_given(file: &Path, lookups: &[Lookup]) -> Result<Vec<GivenLookup>, Failure> {
    let file = Arc::new(File::new(file.display().to_string(), read(file)?));
    let mut report = Report::default();
    let given = given_lookups(&file, lookups, &mut report);
    if report.has_errors() { Err(Failure::rules(report)) } else { Ok(given) }
}

/// The bearer that stands in a file.
pub fn bearer(file: &Path) -> Result<SecretString, Failure> {
    Ok(read(file)?.trim().into())
}

fn read(file: &Path) -> Result<String, Failure> {
    let fail = |error| {
        let failure = Failure::message(format!("cannot read `{}`: {error}", file.display()));
        failure.help("correct the path, or make the file readable for you")
    };
    read_small_file(file, FILE_LIMIT_BYTES).map_err(fail)
}
