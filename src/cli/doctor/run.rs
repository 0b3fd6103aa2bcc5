//! `hookgate doctor`: tries every connection of gateway.yaml, and says what it found and what to do.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{Args as ClapArgs, ValueEnum};
use futures_util::future::join_all;
use secrecy::SecretString;
use serde_json::json;

use crate::config::Settings;
use crate::gateway::Live;
use crate::lookup::{Connection, Connections, Fault, Line, Trouble, probe};
use crate::rule::Lookup;

use super::check::counted;
use super::exit::{Exit, Failure, Output};
use super::facts;

#[derive(ClapArgs, Debug)]
pub struct Args {
    /// Longest wait for a connection, in milliseconds; all are tried at once
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
    /// For people: a line a connection, and what to do below it
    Text,
    /// For programs: one JSON object a connection, and one for the sum
    Json,
}

/// A connection that was tried.
struct Tried<'s> {
    connection: &'s Connection,
    outcome: Result<String, Trouble>,
    millis: u128,
    /// How many lookups ask it; `None` where the rules do not compile.
    lookups: Option<usize>,
}

/// Tries the connections.
///
/// # Errors
/// When the bearer cannot be read, or the operating system gives no threads.
pub fn run(args: &Args, settings: &Settings) -> Result<Output, Failure> {
    let bearer = args.bearer.as_deref().map(facts::bearer).transpose()?;
    // Warnings and mistakes of the rules are told by `check`.
    let live = Live::read(&settings.gateway.rules, &settings.tenant).ok().map(|(live, _)| live);
    let lookups = live.as_ref().map(|live| live.rules.lookups.as_slice());
    let tried = try_all(settings, bearer.as_ref(), Duration::from_millis(args.timeout_ms), lookups)?;
    let stdout = match args.format {
        Format::Text => to_text(&tried, lookups.is_some(), settings),
        Format::Json => to_json(&tried, lookups.is_some()),
    };
    let is_well = lookups.is_some() && tried.iter().all(|tried| tried.outcome.is_ok());
    Ok(Output { stdout, exit: if is_well { Exit::Well } else { Exit::Found } })
}

fn try_all<'s>(
    settings: &'s Settings,
    bearer: Option<&SecretString>,
    limit: Duration,
    lookups: Option<&[Lookup]>,
) -> Result<Vec<Tried<'s>>, Failure> {
    let opened = Connections::open_each(&settings.lookup);
    let (connections, unusable) = opened.map_err(|trouble| Failure::message(trouble.message))?;
    let attempt = async |connection: &'s Connection| {
        let began = Instant::now();
        let outcome = match (connections.line(&connection.name), unusable.get(&connection.name)) {
            (_, Some(trouble)) => Err(trouble.clone()),
            (line, None) => probed(line, bearer, limit).await,
        };
        let lookups = lookups.map(|lookups| asking(lookups, &connection.name));
        Tried { connection, outcome, millis: began.elapsed().as_millis(), lookups }
    };
    let attempts = join_all(settings.lookup.connections.iter().map(attempt));
    Ok(connections.runtime().block_on(attempts))
}

async fn probed(line: Option<Arc<Line>>, bearer: Option<&SecretString>, limit: Duration) -> Result<String, Trouble> {
    let line = line.ok_or_else(|| Trouble::new(Fault::Question, "it is not open"))?;
    let caller = bearer.filter(|_| line.source.depends_on_caller()).cloned();
    probe(line, caller, limit).await
}

/// How many lookups ask a connection.
fn asking(lookups: &[Lookup], connection: &str) -> usize {
    let is_asked = |lookup: &&Lookup| lookup.remote().is_some_and(|remote| remote.connection == connection);
    lookups.iter().filter(is_asked).count()
}

/// One line a connection: how it went, name, kind, address, time, what was found, who asks.
fn to_text(tried: &[Tried<'_>], compiles: bool, settings: &Settings) -> String {
    let widest = |text: fn(&Connection) -> &str| {
        tried.iter().map(|tried| text(tried.connection).chars().count()).max().unwrap_or_default()
    };
    let (name, address) = (widest(name_of), widest(address_of));
    let mut out = String::new();
    for Tried { connection, outcome, millis, lookups } in tried {
        let (word, found) = match outcome {
            Ok(found) => ("ok    ", found),
            Err(trouble) => ("failed", &trouble.message),
        };
        let (this_name, this_address, kind) = (name_of(connection), address_of(connection), kind_of(connection));
        let asked = match lookups {
            Some(0) => "; asked by no lookup".to_owned(),
            Some(count) => format!("; asked by {}", counted(*count, "lookup")),
            None => String::new(),
        };
        let _ = writeln!(
            out,
            "{word}  {this_name:name$}  {kind:4}  {this_address:address$}  {millis:>4} ms  {found}{asked}"
        );
        if let Err(Trouble { help: Some(help), .. }) = outcome {
            let _ = writeln!(out, "        help: {help}");
        }
    }
    if !compiles {
        let folder = settings.gateway.rules.display();
        let _ = writeln!(
            out,
            "the rules in `{folder}` do not compile, so nobody knows what they ask: see `hookgate check`"
        );
    }
    match tried {
        [] => out += "gateway.yaml has no connections\n",
        _ => {
            let _ = writeln!(out, "{}, {} failed", counted(tried.len(), "connection"), failed(tried));
        }
    }
    out
}

fn to_json(tried: &[Tried<'_>], compiles: bool) -> String {
    let line = |tried: &Tried<'_>| {
        let trouble = tried.outcome.as_ref().err();
        let line = json!({
            "name": name_of(tried.connection),
            "kind": kind_of(tried.connection),
            "address": address_of(tried.connection),
            "ok": trouble.is_none(),
            "milliseconds": u64::try_from(tried.millis).unwrap_or(u64::MAX),
            "found": tried.outcome.as_ref().ok(),
            "trouble": trouble.map(|trouble| &trouble.message),
            "help": trouble.and_then(|trouble| trouble.help.as_ref()),
            "lookups": tried.lookups,
        });
        format!("{line}\n")
    };
    let sum = json!({ "connections": tried.len(), "failed": failed(tried), "rules_compile": compiles });
    tried.iter().map(line).chain([format!("{sum}\n")]).collect()
}

fn failed(tried: &[Tried<'_>]) -> usize {
    tried.iter().filter(|tried| tried.outcome.is_err()).count()
}

fn name_of(connection: &Connection) -> &str {
    &connection.name
}

fn address_of(connection: &Connection) -> &str {
    connection.target.address()
}

fn kind_of(connection: &Connection) -> &'static str {
    connection.target.kind().word()
}
