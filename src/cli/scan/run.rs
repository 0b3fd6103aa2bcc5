//! Runs a scan: reads an export, decides every person, reports the findings.

use std::path::PathBuf;
use std::time::Instant;

use jiff::Timestamp;

use super::super::exit::{Exit, Failure, Output};
use super::super::progress::Progress;
use super::super::request;
use super::args::Args;
use super::body::Plan;
use super::columns::{Mapping, Names, fit, taken};
use super::deciding::{Decided, Deciding};
use super::report::Scanned;
use super::{mapping, reading};
use crate::cli::format::Format;
use crate::cli::rules::facts;
use crate::config::Settings;
use crate::event::{Hook, Hooks, Kind, date};
use crate::gateway::{self, Live};
use crate::rule::sheet::{Form, Said};
use crate::rule::{Encoding, Lookup};

/// A request about nobody, on which `--set` is tried before anybody is decided.
const EMPTY: &[u8] = br#"{"request":{"user":{}}}"#;

/// Decides a population.
///
/// # Errors
/// When the rules do not compile, or the export, the mapping or the answers cannot be read.
pub fn run(args: &Args, settings: &Settings) -> Result<Output, Failure> {
    let began = Instant::now();
    let progress = Progress::begin("reading the rules");
    let (live, other) = rules(args, settings)?;
    let hooks = hooks(&args.hook, &live.rules.hooks)?;
    progress.doing("reading the people");
    let mut export = reading::read(&args.people, &form(args)?)?;
    let mapping = match &args.mapping {
        Some(file) => mapping::read(file, &export.columns)?,
        None => Mapping::new(),
    };
    let rule_sets: Vec<_> = std::iter::once(&live).chain(&other).map(|live| &live.rules).collect();
    let taken = taken(&mut export, &Names::new(&rule_sets, &settings.tenant.fields), &mapping);
    fit(&mut export, &taken, &settings.tenant.fields);
    let plan = Plan::new(&taken).map_err(|why| {
        Failure::message(why).help("let a `--mapping` file leave one of them out: its name with `null` behind it")
    })?;
    let lookups: Vec<Lookup> = rule_sets.iter().flat_map(|rules| &rules.lookups).cloned().collect();
    let given = match &args.given {
        Some(file) => facts::read_given(file, &lookups)?,
        None => Vec::new(),
    };
    request::tell_misspelt(&settings.tenant, EMPTY, &args.set);
    request::with_changes(EMPTY.to_vec(), &args.set, settings.server.bounds())?;
    let deciding =
        Deciding { args, settings, live: &live, other: other.as_ref(), given: &given, now: now(args, settings)? };
    let Decided { people, of_hooks, notes } = deciding.all(&hooks, &export, &plan, &progress);
    drop(progress);
    export.notes.extend(notes);
    let hash = other.as_ref().map(|live| live.rules.hash.clone());
    let scanned = Scanned {
        rules: (settings.gateway.rules.display().to_string(), live.rules.hash.clone()),
        against: args.against.as_ref().map(|folder| folder.display().to_string()).zip(hash),
        export,
        taken,
        people,
        of_hooks,
        seconds: began.elapsed().as_secs_f64(),
    };
    let stdout = match args.format {
        Format::Text => scanned.to_text(args.limit),
        Format::Json => scanned.to_json(),
    };
    Ok(Output { stdout, exit: if scanned.has_found() { Exit::Found } else { Exit::Well } })
}

/// The rules that are tried, and those they are compared with.
fn rules(args: &Args, settings: &Settings) -> Result<(Live, Option<Live>), Failure> {
    let read = |gateway: &gateway::Settings| {
        Live::read_as_started(gateway, &settings.tenant).map(|(live, _)| live).map_err(Failure::rules)
    };
    let live = read(&settings.gateway)?;
    let of = |folder: &PathBuf| gateway::Settings { rules: folder.clone(), ..settings.gateway.clone() };
    let other = args.against.as_ref().map(|folder| read(&of(folder)));
    Ok((live, other.transpose()?))
}

/// The hooks of these names with their places, each once; by default the first that validates users.
fn hooks<'h>(names: &[String], hooks: &'h Hooks) -> Result<Vec<(usize, &'h Hook)>, Failure> {
    if names.is_empty() {
        let found = hooks.rows.iter().enumerate().find(|(_, hook)| hook.kind == Kind::Validate);
        let none = || Failure::message("there is no hook that validates users").help("name one with `--hook`");
        return Ok(vec![found.ok_or_else(none)?]);
    }
    let mut found: Vec<(usize, &Hook)> = Vec::new();
    for name in names {
        let (place, hook) = request::hook(hooks, name)?;
        if hook.kind == Kind::Probe {
            return Err(Failure::message(format!("`{}` is a probe, and decides about nobody", hook.name)));
        }
        if found.iter().all(|(known, _)| *known != place) {
            found.push((place, hook));
        }
    }
    Ok(found)
}

fn form(args: &Args) -> Result<Form, Failure> {
    let unknown =
        |name: &str| Failure::message(format!("there is no encoding `{name}`")).help("Excel's is windows-1252");
    let encoding = args.encoding.as_deref().map(|name| Encoding::named(name).ok_or_else(|| unknown(name)));
    Ok(Form { said: Said::ByFlag, encoding: encoding.transpose()?, sheet: args.sheet.clone() })
}

fn now(args: &Args, settings: &Settings) -> Result<Timestamp, Failure> {
    let Some(text) = &args.now else { return Ok(Timestamp::now()) };
    date::instant(text, &settings.server.calendar)
        .ok_or_else(|| Failure::message(format!("`--now {text}` is not a date; write it as 2026-01-31T12:00:00Z")))
}
