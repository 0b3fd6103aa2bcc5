//! `hookgate dry-run`: prints what the server would answer, and why, without a server.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::Args as ClapArgs;
use jiff::Timestamp;
use serde_json::json;

use super::facts;
use crate::cli::exit::{Exit, Failure, Output};
use crate::cli::format::Format;
use crate::cli::request;
use crate::config::Settings;
use crate::diagnostic::escaped;
use crate::engine::testing::case;
use crate::engine::testing::case::CaseVerdict;
use crate::engine::{Change, Decision, Delivery, RuleTrace};
use crate::event::{Context, Event, Value, date};
use crate::gateway::Live;
use crate::report::{DRY_RUN, Tried, explanation};

#[derive(ClapArgs, Debug)]
pub struct Args {
    /// The hook that is called
    #[arg(required_unless_present = "case")]
    pub hook: Option<String>,
    /// The request body: a file, `-` for standard input; left out: the hook's sample
    pub file: Option<PathBuf>,
    /// Change the request: `user.mobile=9820012345` (text) or `user.grade:=7` (JSON); may be repeated
    #[arg(long, value_name = "PATH=VALUE")]
    pub set: Vec<String>,
    /// The event's clock, for example 2026-01-31T12:00:00Z
    #[arg(long)]
    pub now: Option<String>,
    /// The application id of the path
    #[arg(long)]
    pub app: Option<String>,
    /// The address that the call comes from, for example 10.20.1.2
    #[arg(long, value_name = "ADDRESS")]
    pub caller: Option<IpAddr>,
    /// Ask the real services, databases and directories of gateway.yaml
    #[arg(long, conflicts_with_all = ["given", "case"])]
    pub live: bool,
    /// Answers of lookups, as tests give them: a YAML file with `LOOKUP: { KEY: ROW }`
    #[arg(long, value_name = "FILE", conflicts_with = "case")]
    pub given: Option<PathBuf>,
    /// With --live: a file with the caller's bearer, for connections with `token: caller`
    #[arg(long, value_name = "FILE", requires = "live")]
    pub bearer: Option<PathBuf>,
    /// Run a test of this name instead of a hook and a file
    #[arg(long, conflicts_with_all = ["hook", "file", "set", "now", "app", "caller"])]
    pub case: Option<String>,
    /// Show each rule with the condition that failed and the value it saw
    #[arg(long)]
    pub explain: bool,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// Decides one event and shows the reply.
///
/// # Errors
/// When the rules do not compile, or the request cannot be read.
pub fn run(args: &Args, settings: &Settings) -> Result<Output, Failure> {
    let sources = settings.gateway.sources(&settings.tenant);
    let (live, _) = sources.and_then(|found| Live::build(&found, &settings.tenant)).map_err(Failure::rules)?;
    let shown = match &args.case {
        Some(name) => run_case(&live, name, settings)?,
        None => run_event(&live, args, settings)?,
    };
    let stdout = match args.format {
        Format::Text => to_text(&shown, args.explain),
        Format::Json => {
            let changes: Vec<_> = shown.changes.iter().map(Change::to_json).collect();
            let deliveries: Vec<_> = shown.deliveries.iter().map(Delivery::to_json).collect();
            let trace: Vec<_> = shown.trace.iter().map(RuleTrace::to_json).collect();
            let refusals: Vec<_> =
                shown.refusals.iter().map(|(code, rule)| json!({ "code": code, "rule": rule })).collect();
            let rest = json!({
                "decided_by": shown.decided_by,
                "refusals": refusals,
                "changes": changes,
                "deliveries": deliveries,
                "trace": trace,
            });
            let rest = rest.to_string();
            // The reply as it is: read and written again, a long number would lose its last digits.
            let rest = rest.strip_prefix('{').unwrap_or_default();
            format!("{{\"reply\":{},{rest}\n", shown.reply.replace(['\n', '\r'], ""))
        }
    };
    Ok(Output { stdout, exit: Exit::Well })
}

fn run_case(live: &Live, name: &str, settings: &Settings) -> Result<Tried, Failure> {
    let Some(case) = live.rules.cases.iter().find(|case| case.name == name) else {
        return Err(Failure::message(format!("there is no test `{name}`")));
    };
    let surroundings = settings.surroundings();
    let result = case::run(&live.rules, case, &live.tables, &surroundings);
    if let CaseVerdict::Error(why) = result.verdict {
        return Err(Failure::message(format!("test `{name}` could not be run: {why}")));
    }
    let by = result.decided_by.as_deref().unwrap_or("no rule");
    let headline = format!("test `{}` · decided by {}", escaped(name), escaped(by));
    Ok(Tried {
        headline,
        reply: result.reply,
        decided_by: result.decided_by,
        refusals: result.refusals,
        changes: result.changes,
        deliveries: result.deliveries,
        trace: result.trace,
    })
}

fn run_event(live: &Live, args: &Args, settings: &Settings) -> Result<Tried, Failure> {
    let name = args.hook.as_deref().unwrap_or_default();
    let (place, hook) = request::hook(&live.rules.hooks, name)?;
    let body = request::body(args.file.as_deref(), name)?;
    request::tell_misspelt(&settings.tenant, &body, &args.set);
    let body = request::with_changes(body, &args.set, settings.server.bounds())?;
    let calendar = settings.server.calendar.clone();
    let now = match &args.now {
        None => Timestamp::now(),
        Some(text) => date::instant(text, &calendar).ok_or_else(|| {
            Failure::message(format!("`--now {text}` is not a date; write it as 2026-01-31T12:00:00Z"))
        })?,
    };
    let bearer = args.bearer.as_deref().map(facts::bearer).transpose()?;
    let (id, app) = (DRY_RUN.to_owned(), args.app.clone());
    let of_address = |address: IpAddr| Value::Map(vec![("address".into(), Value::text(address.to_string()))]);
    let caller = args.caller.map_or(Value::Null, of_address);
    let context = Context { id, now, calendar, app, token: Value::Null, caller, bearer, trace: None };
    let event = Event::read(&live.rules.hooks, place, body, settings.server.bounds(), context)
        .map_err(|why| Failure::message(format!("the request is not an event of `{}`: {why}", hook.name)))?;
    let show = |decision: Decision<'_>| Tried::of(decision, hook, &event);
    match args.live {
        true => facts::asked(live, &event, hook, settings, show),
        false => facts::given(live, &event, hook, args.given.as_deref(), settings.lookup.round_limit),
    }
}

fn to_text(tried: &Tried, with_trace: bool) -> String {
    let mut out = format!("{}\n\nreply\n  {}\n", tried.headline, tried.reply);
    if !tried.changes.is_empty() {
        out += "\nchanges\n";
        for change in &tried.changes {
            let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "(absent)".to_owned());
            let (before, after) = (side(&change.before), side(&change.after));
            out += &format!("  {}: {} -> {}\n", escaped(&change.path.to_string()), escaped(&before), escaped(&after));
        }
    }
    if !tried.deliveries.is_empty() {
        out += "\ndeliveries\n";
        for delivery in &tried.deliveries {
            out += &format!(
                "  to {} by {} (key {}): {}\n",
                escaped(&delivery.to),
                escaped(&delivery.rule),
                escaped(&delivery.key),
                delivery.shown()
            );
        }
    }
    if with_trace {
        out += "\nrules\n";
        out += &explanation(&tried.trace);
    }
    out
}
