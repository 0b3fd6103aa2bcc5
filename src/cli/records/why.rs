//! `hookgate why`: explains the decision about one request: the rule, and what it saw.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use clap::Args as ClapArgs;
use serde_json::{Value as Json, json};

use super::journals::{Journals, Sighted, journals};
use super::sought::Sought;
use crate::cli::exit::{Exit, Failure, Output};
use crate::cli::format::Format;
use crate::config::Settings;
use crate::diagnostic::escaped;
use crate::engine::RuleTrace;
use crate::gateway::{Live, Sets};
use crate::journal::{Found, Query, Record, holder_of};
use crate::report::explanation;
use crate::report::records::{self, differences, shown, time, words};
use crate::rule::{Ownership, short_hash};

#[derive(ClapArgs, Debug)]
pub struct Args {
    /// The request's id: the header `x-request-id` of the answer, `request_id` in the log
    #[arg(value_name = "ID", required_unless_present_any = ["person", "hook", "rule", "code", "outcome", "app", "since", "until"])]
    pub id: Option<String>,
    #[command(flatten)]
    pub sought: Sought,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// What the rules that decided say of the record.
enum Explained {
    /// What each did; where they are not those of the folder, which kept rules they are, in words.
    Rules(Vec<RuleTrace>, Option<String>),
    /// Why there is nothing to explain.
    Not(String),
}

/// The rules of the folder, and what they say of the record.
struct Today {
    live: Option<Live>,
    explained: Explained,
}

impl Today {
    /// What the deciding rule is for and who answers for it, as the folder says it now.
    fn ownership(&self, record: &Record) -> Option<&Ownership> {
        let (live, name) = (self.live.as_ref()?, record.decision.rule.as_ref()?);
        let rule = live.rules.rules.iter().find(|rule| rule.name == *name)?;
        Some(&rule.ownership).filter(|ownership| !ownership.is_empty())
    }
}

/// Explains a past decision.
///
/// # Errors
/// When there is no journal.
pub fn run(args: &Args, settings: &Settings) -> Result<Output, Failure> {
    let journals = journals(&[], settings)?;
    let query = Query { id: args.id.clone(), ..args.sought.query(settings)? };
    let sighted = journals.find(&query)?;
    let newest = sighted.lines.last().and_then(|at| journals.open(at));
    let record = match newest {
        Some(Found::Line { record, .. }) => {
            record.map_err(|why| Failure::message(format!("the record cannot be opened: {why}")))?
        }
        Some(Found::Old(record)) => record,
        Some(Found::Unread { .. }) | None => match old_form(&journals, &sighted, args.id.as_deref()) {
            Some(record) => record,
            None => return Ok(unknown(args, &journals, &sighted)),
        },
    };
    let live = Live::read_as_started(&settings.gateway, &settings.tenant).ok().map(|(live, _)| live);
    let explained = explained(&record, live.as_ref(), settings);
    let today = Today { live, explained };
    let mut stdout = match args.format {
        Format::Text => to_text(&record, &today, settings),
        Format::Json => to_json(&record, &today),
    };
    if args.format == Format::Text && sighted.lines.len() > 1 {
        let _ =
            writeln!(stdout, "\nthe newest of {} such decisions; `hookgate decisions` lists them", sighted.lines.len());
    }
    Ok(Output { stdout, exit: Exit::Well })
}

/// A record of the old form, which no index knows: found by its id alone.
fn old_form(journals: &Journals, sighted: &Sighted, id: Option<&str>) -> Option<Box<Record>> {
    let old = sighted.unread.iter().rev().filter(|(_, unread)| unread.is_old());
    old.filter_map(|unread| journals.open_unread(unread)).find_map(|found| match found {
        Found::Old(record) if Some(record.id.as_str()) == id => Some(record),
        Found::Old(_) | Found::Line { .. } | Found::Unread { .. } => None,
    })
}

fn unknown(args: &Args, journals: &Journals, sighted: &Sighted) -> Output {
    let mut stdout = match &args.id {
        Some(id) => {
            format!("no decision with the id `{id}` is recorded\n")
                + "  check that the id is the whole of `x-request-id`, and of this gateway: each has a journal of its own\n"
        }
        None => "no such decision is recorded\n  check the names, and that they are of this gateway: each has a journal of its own\n".to_owned(),
    };
    stdout += "  check that the answer was a decision: a call that was refused has a line `refused` in the log, and no record\n";
    stdout += "  it may be older than what is kept (`journal.keep_files`), or was dropped (`decisions were not recorded` in the log)\n";
    stdout += &sighted.keyless_to_text();
    let broken = sighted.unread.iter().filter(|(_, unread)| !unread.is_old());
    for found in broken.filter_map(|unread| journals.open_unread(unread)) {
        if let Found::Unread { at, why } = found {
            let _ = writeln!(stdout, "  cannot be read: {}  {why}", escaped(&at));
        }
    }
    Output { stdout, exit: Exit::Found }
}

fn explained(record: &Record, live: Option<&Live>, settings: &Settings) -> Explained {
    let folder = settings.gateway.rules.display();
    let Some(live) = live else {
        let why = match settings.gateway.rules.is_dir() {
            true => format!("the rules in `{folder}` do not compile now"),
            false => format!("the rules are not explained: there is no rules folder `{folder}` (`--rules FOLDER`)"),
        };
        return Explained::Not(why);
    };
    if !settings.journal.shows_facts {
        let why = "the rules are not explained: what they saw is not shown (`journal.show_facts: false`)";
        return Explained::Not(why.to_owned());
    }
    if records::is_by(record, live) {
        return match records::explained(record, live) {
            Ok(explained) => Explained::Rules(explained.trace, None),
            Err(why) => Explained::Not(why),
        };
    }
    by_kept(record, settings)
        .unwrap_or_else(|why| Explained::Not(format!("the rules in `{folder}` are others now: {why}")))
}

/// By rules that were in force before those of the folder.
fn by_kept(record: &Record, settings: &Settings) -> Result<Explained, String> {
    let sets = Sets::of(&settings.gateway, settings.state_folder().as_deref());
    let set = records::kept_set(record, sets.as_ref())?;
    let Some(sets) = &sets else { return Err(String::new()) };
    let live = records::kept_rules(&set, sets, &settings.tenant)?;
    let explained = records::explained(record, &live)?;
    Ok(Explained::Rules(explained.trace, Some(records::by_kept(&set.hash, set.at, &settings.server.calendar.zone))))
}

fn to_text(record: &Record, today: &Today, settings: &Settings) -> String {
    let explained = &today.explained;
    let decision = &record.decision;
    let time = time(&record.time, &settings.server.calendar.zone);
    let mut out = format!("{} {time}  request {}\n\n", record.hook, record.id);
    let mut line = |name: &str, text: String| {
        let _ = writeln!(out, "  {name:<10}{}", escaped(&text));
    };
    line("decided", words(decision));
    match (&decision.rule, &decision.at) {
        (Some(rule), Some(at)) => line("by", format!("{rule}  {at}")),
        _ => line("by", "no rule".to_owned()),
    }
    beside_the_rule(record, today).into_iter().for_each(|(key, text)| line(key, text));
    if let Some(failure) = &decision.failure {
        line("failed", format!("{failure}  {}", decision.failed_at.as_deref().unwrap_or_default()));
    }
    if !decision.audits.is_empty() {
        line("audit", decision.audits.join(", "));
    }
    if !decision.skipped.is_empty() {
        line("skipped", decision.skipped.join(", "));
    }
    if let Some(holder) =
        decision.code.as_ref().and_then(|_| holder_of(record)).filter(|_| settings.journal.shows_facts)
    {
        line("held by", holder);
    }
    line("person", person(record).unwrap_or_else(|| "unknown".to_owned()));
    line("answered", format!("HTTP {} after {} ms", record.status, record.ms));
    let is_same = matches!(explained, Explained::Rules(_, None));
    let rules = short_hash(&record.rules);
    line("rules", format!("{rules}{}", if is_same { ", the same as now" } else { "" }));
    line("program", format!("hookgate {}", record.program));
    out += &settings_read(record);
    out += &facts(record, settings.journal.shows_facts);
    out += &changes(record);
    for delivery in &decision.deliveries {
        let _ = writeln!(
            out,
            "\nsent to {} by {} (key {})\n  {}",
            escaped(&delivery.to),
            escaped(&delivery.rule),
            escaped(&delivery.key),
            shown(delivery.body.get())
        );
    }
    match explained {
        Explained::Rules(trace, by) => {
            let by = by.as_ref().map(|by| format!("\n{}\n", escaped(by))).unwrap_or_default();
            out += &format!("{by}\nrules\n{}", explanation(trace));
        }
        Explained::Not(why) => out += &format!("\n{}\n", escaped(why)),
    }
    if record.is_of_old_form() {
        out += "\na record of the old form: in place of each value stands a token, equal for equal values\n";
    }
    out
}

/// What the deciding rule is for and who answers for it; and which rules refuse as well.
fn beside_the_rule(record: &Record, today: &Today) -> Vec<(&'static str, String)> {
    let said = today.ownership(record).into_iter().flat_map(Ownership::said);
    let said = said.map(|(key, text)| (key, text.to_owned()));
    let refusals = record.decision.refusals.iter().flatten().skip(1);
    said.chain(refusals.map(|refusal| ("and", format!("{} by {}", refusal.code, refusal.rule)))).collect()
}

/// The settings of gateway.yaml that rules read.
fn settings_read(record: &Record) -> String {
    let mut out = String::new();
    for (n, (name, value)) in record.settings.iter().enumerate() {
        if n == 0 {
            out += "\nsettings\n";
        }
        let _ = writeln!(out, "  {} = {}", escaped(name), escaped(value.get()));
    }
    out
}

fn facts(record: &Record, shows_rows: bool) -> String {
    let mut out = String::new();
    for (n, fact) in record.facts.iter().enumerate() {
        if n == 0 {
            out += "\nlookups\n";
        }
        let answer = match (&fact.failed, &fact.degraded) {
            (Some(why), _) => format!("no answer: {why}"),
            (None, Some(why)) => format!("could not be asked, `on_error` stands in: {why}; {}", shown(fact.rows.get())),
            (None, None) if fact.count == 0 => "nothing found".to_owned(),
            (None, None) if !shows_rows => format!("{} found", fact.count),
            (None, None) => format!("{} found: {}", fact.count, shown(fact.rows.get())),
        };
        let _ = writeln!(out, "  {} of {}: {}", escaped(&fact.lookup), shown(fact.key.get()), escaped(&answer));
    }
    out
}

/// What the rules changed in the user.
fn changes(record: &Record) -> String {
    let Some(after) = &record.decision.user else { return String::new() };
    let parsed = |json: &str| serde_json::from_str::<Json>(json).unwrap_or_default();
    let (before, after) = (parsed(&shown(record.body.get())), parsed(&shown(after.get())));
    let before = before.pointer("/request/user").or_else(|| before.get("user")).cloned().unwrap_or_default();
    let mut out = String::from("\nchanges\n");
    let side = |value: Option<&Json>| value.map_or_else(|| "(absent)".to_owned(), Json::to_string);
    for (path, before, after) in differences("user", Some(&before), Some(&after)) {
        let _ = writeln!(out, "  {}: {} -> {}", escaped(&path), side(before), side(after));
    }
    out
}

/// Who it was about, as far as the record tells.
fn person(record: &Record) -> Option<String> {
    record.names().into_iter().next().map(|(key, name)| format!("{name}  (user.{key})"))
}

fn to_json(record: &Record, today: &Today) -> String {
    let ownership = today.ownership(record).map(|ownership| ownership.said().collect::<BTreeMap<_, _>>());
    let (rules, by, why) = match &today.explained {
        Explained::Rules(trace, by) => {
            (Some(trace.iter().map(RuleTrace::to_json).collect::<Vec<_>>()), by.as_ref(), None)
        }
        Explained::Not(why) => (None, None, Some(why)),
    };
    let record: Json =
        serde_json::from_str(&shown(&serde_json::to_string(record).unwrap_or_default())).unwrap_or_default();
    format!(
        "{}\n",
        json!({ "record": record, "rule": ownership, "rules": rules, "rules_are": by, "not_explained": why })
    )
}
