//! Tries everything at once: connections, destinations, the outbox, published keys, the collector of traces.

use std::time::Duration;

use futures_util::future::join4;
use secrecy::SecretString;

use super::trials::Trials;
use super::tried::Wrong;
use super::{collector, connections, destinations, keys, start};
use crate::config::Settings;
use crate::diagnostic::{Report, code};
use crate::gateway::Live;
use crate::lookup::Connections;

/// Tries everything, each for at most `limit`, and says whether `serve` would start. Blocks the thread until all is known.
///
/// # Errors
/// When the operating system gives no threads.
pub fn trials(settings: &Settings, bearer: Option<&SecretString>, limit: Duration) -> Result<Trials, Wrong> {
    // Warnings and mistakes of the rules are told by `check`.
    let read = Live::read_as_started(&settings.gateway, &settings.tenant);
    let is_without = |report: &Report| report.findings.iter().any(|finding| finding.code == &code::NO_RULES);
    let has_rules = settings.gateway.rules.exists() && !read.as_ref().err().is_some_and(is_without);
    let live = read.ok().map(|(live, _)| live);
    let lookups = live.as_ref().map(|live| live.rules.lookups.as_slice());
    let opened = Connections::open_each(&settings.lookup);
    let opened = opened.map_err(|trouble| Wrong { message: trouble.message, help: trouble.help })?;
    let runtime = opened.0.runtime();
    let connections = connections::tried(&settings.lookup, &opened, bearer, limit, lookups);
    let (sending, keys) = (destinations::tried(&settings.outbox, limit), keys::tried(&settings.server.auth, limit));
    let collector = collector::tried(&settings.telemetry.traces, limit);
    let (mut tried, sending, keys, collector) = runtime.block_on(join4(connections, sending, keys, collector));
    tried.extend(sending.into_iter().chain(keys).chain(collector));
    Ok(Trials {
        tried,
        obstacles: start::looked_at(settings),
        notes: start::notes(settings),
        compiles: live.is_some(),
        has_rules,
        rules: settings.gateway.rules.display().to_string(),
    })
}
