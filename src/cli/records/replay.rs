//! `hookgate replay`: decides recorded events again, and lists the people for whom something would differ.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};
use serde_json::json;

use super::journals::{Journals, Sighted, journals};
use super::sought::Sought;
use crate::cli::exit::{Exit, Failure, Output};
use crate::cli::format::Format;
use crate::cli::progress::Progress;
use crate::config::Settings;
use crate::diagnostic::escaped;
use crate::gateway::{Again, Decided, Live, Replay, TableRows};
use crate::journal::{Found, Record};
use crate::report::records::answer;

/// People that are shown of each group; all are in the JSON.
const PEOPLE_SHOWN: usize = 3;
/// Lines that cannot be read that are shown; all are counted.
const UNREADABLE_SHOWN: usize = 10;

#[derive(ClapArgs, Debug)]
pub struct Args {
    /// Files of a journal; left out: the journal of gateway.yaml with the files that were set aside
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub sought: Sought,
    /// How many of the records may differ before it ends with 1: `1%`
    #[arg(long, value_name = "PERCENT", default_value = "0%", value_parser = percent)]
    pub allow: f64,
    /// Rows of tables that decide: those that were read then, so that rules alone make a difference, or those of the rules folder now
    #[arg(long, value_enum, default_value_t = Tables::Then)]
    pub tables: Tables,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Tables {
    Then,
    Now,
}

fn percent(text: &str) -> Result<f64, String> {
    let number = text.trim().trim_end_matches('%').trim().parse::<f64>().ok();
    number
        .filter(|number| (0.0..=100.0).contains(number))
        .ok_or_else(|| "write a share from 0% to 100%, such as 1%".into())
}

/// Records with one difference, or one reason: how many there are, whom they are about, and which they are.
#[derive(Debug, Default)]
struct Group {
    count: usize,
    people: Vec<String>,
    known: HashSet<String>,
    requests: Vec<String>,
}

impl Group {
    fn add(&mut self, record: &Record, person: Option<String>) {
        self.count += 1;
        self.requests.push(record.id.clone());
        if let Some(person) = person.filter(|person| self.known.insert(person.clone())) {
            self.people.push(person);
        }
    }

    /// Some of the people; where nobody is known, some of the requests.
    fn shown(&self) -> String {
        let (names, before) = match self.people.is_empty() {
            true => (&self.requests, "request "),
            false => (&self.people, ""),
        };
        let some = names.iter().take(PEOPLE_SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
        match names.len().saturating_sub(PEOPLE_SHOWN) {
            0 => format!("{before}{some}"),
            more => format!("{before}{some} and {more} more"),
        }
    }
}

/// One difference: on a hook, from an answer to another, by a rule.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    hook: String,
    then: String,
    now: String,
    /// What else differs than the answer.
    parts: Vec<&'static str>,
    rule_then: Option<String>,
    rule_now: Option<String>,
}

impl Kind {
    /// `accepted → MobileAlreadyExist: 12, by mobile-is-free`
    fn told(&self, count: usize) -> String {
        let what = match self.parts.contains(&"answer") {
            true => format!("{} → {}", self.then, self.now),
            false => format!("{} with other {}", self.now, self.parts.join(" and ")),
        };
        let by = match (&self.rule_now, &self.rule_then) {
            (Some(now), _) => format!("by {now}"),
            (None, Some(then)) => format!("no longer by {then}"),
            (None, None) => "by no rule".to_owned(),
        };
        format!("{what}: {count}, {by}")
    }
}

/// What came of all records.
#[derive(Debug, Default)]
struct Sum {
    same: usize,
    by_another_rule: usize,
    differ: usize,
    cannot: usize,
    differences: BTreeMap<Kind, Group>,
    /// By hook, rule and reason.
    reasons: BTreeMap<[String; 3], Group>,
    /// Tables that answer otherwise now, each with how many records asked what is answered otherwise.
    changed_tables: BTreeMap<String, usize>,
    unreadable: Vec<String>,
    unreadable_count: usize,
}

/// Decides recorded events again.
///
/// # Errors
/// When the rules do not compile, there is no journal, or a moment cannot be read.
pub fn run(args: &Args, settings: &Settings) -> Result<Output, Failure> {
    let journals = journals(&args.files, settings)?;
    let sighted = journals.find(&args.sought.query(settings)?)?;
    let (live, _) = Live::read_as_started(&settings.gateway, &settings.tenant).map_err(Failure::rules)?;
    let rows = match args.tables {
        Tables::Then => TableRows::Then,
        Tables::Now => TableRows::Now,
    };
    let count = journals.file_count();
    let sum = sum(&journals, &sighted, &live, rows);
    let exit = if sum.is_beyond(args.allow) { Exit::Found } else { Exit::Well };
    let folder = settings.gateway.rules.display().to_string();
    let hash = live.rules.hash.get(..12).unwrap_or_default();
    let stdout = match args.format {
        Format::Text => sum.to_text(count, &format!("{folder} ({hash})"), rows),
        Format::Json => sum.to_json(&live.rules.hash, args),
    };
    Ok(Output { stdout, exit })
}

fn sum(journals: &Journals, sighted: &Sighted, live: &Live, rows: TableRows) -> Sum {
    let (mut sum, replay) = (Sum::default(), Replay::new(live, rows));
    let _progress = Progress::begin("deciding recorded events again");
    let lines = sighted.lines.iter().filter_map(|at| journals.open(at));
    let unread = sighted.unread.iter().filter_map(|unread| journals.open_unread(unread));
    for found in lines.chain(unread) {
        match found {
            Found::Line { record: Ok(record), .. } | Found::Old(record) => {
                sum.take(&record, replay.again(&record), live);
            }
            Found::Line { at, record: Err(why), .. } | Found::Unread { at, why } => {
                sum.unreadable_count += 1;
                sum.unreadable
                    .extend(Some(format!("{at}  {why}")).filter(|_| sum.unreadable_count <= UNREADABLE_SHOWN));
            }
        }
    }
    sum
}

impl Sum {
    fn take(&mut self, record: &Record, decided: Decided, live: &Live) {
        let Decided { again, person, changed_tables } = decided;
        changed_tables.into_iter().for_each(|table| *self.changed_tables.entry(table).or_default() += 1);
        match again {
            Again::Same { is_by_same } => {
                self.same += 1;
                self.by_another_rule += usize::from(!is_by_same);
            }
            Again::Differs(difference) => {
                self.differ += 1;
                let hook = live.rules.hooks.named(&record.hook);
                let kind = Kind {
                    hook: record.hook.clone(),
                    then: answer(&record.decision, hook),
                    now: answer(&difference.now, hook),
                    parts: difference.what,
                    rule_then: record.decision.rule.clone(),
                    rule_now: difference.now.rule,
                };
                self.differences.entry(kind).or_default().add(record, person);
            }
            Again::Cannot(cannot) => {
                self.cannot += 1;
                let rule = cannot.rule.map_or(String::new(), |(name, at)| format!("{name} ({at})"));
                self.reasons.entry([record.hook.clone(), rule, cannot.why]).or_default().add(record, person);
            }
        }
    }

    /// Whether more differ than may, or nothing could be compared at all.
    fn is_beyond(&self, allow: f64) -> bool {
        let compared = self.same + self.differ;
        compared == 0 || self.share() > allow
    }

    /// The share of records that differ, in percent of those that could be compared.
    #[expect(clippy::cast_precision_loss, reason = "no journal has so many records")]
    fn share(&self) -> f64 {
        100.0 * self.differ as f64 / (self.same + self.differ).max(1) as f64
    }

    fn to_text(&self, files: usize, rules: &str, rows: TableRows) -> String {
        let all = self.same + self.differ + self.cannot;
        let mut out = format!("{all} records of {files} files, decided again by {rules}\n");
        let _ = writeln!(out, "{:>8} come out the same", self.same);
        if self.by_another_rule > 0 {
            let _ = writeln!(out, "{:>8}   of them by another rule", self.by_another_rule);
        }
        let _ = writeln!(out, "{:>8} differ ({:.2} %)", self.differ, self.share());
        let _ = writeln!(out, "{:>8} are not decidable", self.cannot);
        if self.unreadable_count > 0 {
            let _ = writeln!(out, "{:>8} lines cannot be read", self.unreadable_count);
        }
        for (table, count) in &self.changed_tables {
            let which = match rows {
                TableRows::Then => "decided with what it said then; --tables now decides with today's rows",
                TableRows::Now => "decided with today's rows; --tables then decides with what it said then",
            };
            let what = if table.starts_with("setting.") { "" } else { "table " };
            let _ = writeln!(out, "\n{what}{} answers otherwise now in {count} records; {which}", escaped(table));
        }
        self.groups_to_text(&mut out);
        if !self.unreadable.is_empty() {
            out += "\ncannot be read\n";
        }
        for line in &self.unreadable {
            let _ = writeln!(out, "  {}", escaped(line));
        }
        out
    }

    fn groups_to_text(&self, out: &mut String) {
        let mut hook_before = None;
        for (kind, group) in &self.differences {
            if hook_before != Some(&kind.hook) {
                let _ = writeln!(out, "\n{}", escaped(&kind.hook));
            }
            hook_before = Some(&kind.hook);
            let _ = writeln!(out, "  {}\n    {}", escaped(&kind.told(group.count)), escaped(&group.shown()));
        }
        if !self.reasons.is_empty() {
            *out += "\nnot decidable\n";
        }
        for ([hook, rule, why], group) in &self.reasons {
            let rule = if rule.is_empty() { String::new() } else { format!("  {rule}") };
            let told = format!("{hook}{rule}: {}, {why}", group.count);
            let _ = writeln!(out, "  {}\n    {}", escaped(&told), escaped(&group.shown()));
        }
    }

    fn to_json(&self, hash: &str, args: &Args) -> String {
        let differences = self.differences.iter().map(|(kind, group)| {
            json!({
                "hook": kind.hook, "then": kind.then, "now": kind.now, "differs": kind.parts,
                "rule_then": kind.rule_then, "rule_now": kind.rule_now,
                "count": group.count, "people": group.people, "requests": group.requests,
            })
        });
        let reasons = self.reasons.iter().map(|([hook, rule, why], group)| {
            json!({
                "hook": hook, "rule": rule, "why": why,
                "count": group.count, "people": group.people, "requests": group.requests,
            })
        });
        let all = json!({
            "rules": hash,
            "tables": match args.tables { Tables::Then => "then", Tables::Now => "now" },
            "same": self.same,
            "same_by_another_rule": self.by_another_rule,
            "differ": self.differ,
            "differ_percent": self.share(),
            "allow_percent": args.allow,
            "not_decidable": self.cannot,
            "unreadable": self.unreadable_count,
            "changed_tables": self.changed_tables,
            "differences": differences.collect::<Vec<_>>(),
            "reasons": reasons.collect::<Vec<_>>(),
            "unreadable_lines": self.unreadable,
        });
        format!("{all}\n")
    }
}
