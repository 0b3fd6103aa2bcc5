//! `hookgate replay`: recorded events decided again, and what would differ.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};
use serde_json::json;

use crate::config::Settings;
use crate::diagnostic::escaped;
use crate::gateway::{Again, Live, Replay};
use crate::journal::{Key, Line, Lines, Record};

use super::exit::{Exit, Failure, Output};
use super::progress::Progress;
use super::remembered::{journal_files, unreadable, words};

/// Examples that are shown of each kind.
const EXAMPLE_IDS: usize = 3;
/// Lines that cannot be read that are shown; all are counted.
const UNREADABLE_SHOWN: usize = 10;

#[derive(ClapArgs, Debug)]
pub struct Args {
    /// Files of a journal; left out: the journal of gateway.yaml with the files that were set aside
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// How many of the records may differ before it ends with 1: `1%`
    #[arg(long, value_name = "PERCENT", default_value = "0%", value_parser = percent)]
    pub allow: f64,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
}

fn percent(text: &str) -> Result<f64, String> {
    let number = text.trim().trim_end_matches('%').trim().parse::<f64>().ok();
    number
        .filter(|number| (0.0..=100.0).contains(number))
        .ok_or_else(|| "write a share from 0% to 100%, such as 1%".into())
}

/// Records of one kind, and some of their ids.
#[derive(Debug, Default)]
struct Examples {
    count: usize,
    ids: Vec<String>,
}

impl Examples {
    fn add(&mut self, record: &Record) {
        self.count += 1;
        if self.ids.len() < EXAMPLE_IDS {
            self.ids.push(record.id.clone());
        }
    }
}

/// What came of all records.
#[derive(Debug, Default)]
struct Sum {
    same: usize,
    by_another_rule: usize,
    differ: usize,
    cannot: usize,
    other_key: usize,
    /// By hook, rule then, rule now, and what would differ.
    differences: BTreeMap<[String; 4], Examples>,
    /// By hook, rule and reason.
    reasons: BTreeMap<[String; 3], Examples>,
    unreadable: Vec<String>,
    unreadable_count: usize,
}

/// Decides recorded events again.
///
/// # Errors
/// When the rules do not compile, there is no journal, or its key is not there.
pub fn run(args: &Args, settings: &Settings) -> Result<Output, Failure> {
    let files = journal_files(&args.files, settings)?;
    let (live, _) = Live::read_as_started(&settings.gateway, &settings.tenant).map_err(Failure::rules)?;
    let key = Key::existing(&settings.journal).map_err(|why| Failure::message(why.message).help(why.help))?;
    let replay = Replay::new(&live, key, &settings.journal.plain);
    let count = files.len();
    let sum = sum(Lines::of(files), &replay);
    if sum.other_key > 0 && sum.same + sum.differ == 0 {
        let help =
            "`journal.key` of gateway.yaml, or the file `….key` beside the journal, must be the one that hookgate had";
        return Err(Failure::message("the records were made with another key").help(help));
    }
    let exit = if sum.is_beyond(args.allow) { Exit::Found } else { Exit::Well };
    let folder = settings.gateway.rules.display().to_string();
    let hash = live.rules.hash.get(..12).unwrap_or_default();
    let stdout = match args.format {
        Format::Text => sum.to_text(count, &format!("{folder} ({hash})")),
        Format::Json => sum.to_json(&live.rules.hash, args.allow),
    };
    Ok(Output { stdout, exit })
}

fn sum(lines: Lines, replay: &Replay<'_>) -> Sum {
    let mut sum = Sum::default();
    let _progress = Progress::begin("deciding recorded events again");
    for line in lines {
        match line {
            Line::Record(record) => sum.take(&record, replay.again(&record)),
            unread @ Line::Unreadable { .. } => {
                sum.unreadable_count += 1;
                sum.unreadable.extend(unreadable(&unread).filter(|_| sum.unreadable_count <= UNREADABLE_SHOWN));
            }
        }
    }
    sum
}

impl Sum {
    fn take(&mut self, record: &Record, again: Again) {
        let rule = |rule: &Option<String>| rule.clone().unwrap_or_else(|| "no rule".to_owned());
        match again {
            Again::Same { is_by_same } => {
                self.same += 1;
                self.by_another_rule += usize::from(!is_by_same);
            }
            Again::Differs(difference) => {
                self.differ += 1;
                let (before, now) = (words(&record.decision), words(&difference.now));
                let what = match difference.what.as_slice() {
                    ["answer", ..] => format!("{before} -> {now}"),
                    parts => format!("{now}, with other {}", parts.join(" and ")),
                };
                let kind = [record.hook.clone(), rule(&record.decision.rule), rule(&difference.now.rule), what];
                self.differences.entry(kind).or_default().add(record);
            }
            Again::Cannot(cannot) => {
                self.cannot += 1;
                self.other_key += usize::from(cannot.why.ends_with("another key"));
                let rule = cannot.rule.map_or(String::new(), |(name, at)| format!("{name} ({at})"));
                self.reasons.entry([record.hook.clone(), rule, cannot.why]).or_default().add(record);
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

    fn to_text(&self, files: usize, rules: &str) -> String {
        let all = self.same + self.differ + self.cannot;
        let mut out = format!("{all} records of {files} files, decided again by {rules}\n");
        let _ = writeln!(out, "{:>8} come out the same", self.same);
        if self.by_another_rule > 0 {
            let _ = writeln!(out, "{:>8}   of them by another rule", self.by_another_rule);
        }
        let _ = writeln!(out, "{:>8} differ ({:.2} %)", self.differ, self.share());
        let _ = writeln!(out, "{:>8} cannot be replayed", self.cannot);
        if self.unreadable_count > 0 {
            let _ = writeln!(out, "{:>8} lines cannot be read", self.unreadable_count);
        }
        if !self.differences.is_empty() {
            out += "\ndiffer\n";
        }
        for ([hook, before, now, what], some) in &self.differences {
            let by = if before == now { before.clone() } else { format!("{before} -> {now}") };
            let told = format!("{hook}  {by}: {what}  ({})", some.ids.join(", "));
            let _ = writeln!(out, "{:>8} {}", some.count, escaped(&told));
        }
        if !self.reasons.is_empty() {
            out += "\ncannot be replayed\n";
        }
        for ([hook, rule, why], some) in &self.reasons {
            let space = if rule.is_empty() { "" } else { " " };
            let told = format!("{hook}  {rule}{space}{why}  ({})", some.ids.join(", "));
            let _ = writeln!(out, "{:>8} {}", some.count, escaped(&told));
        }
        if !self.unreadable.is_empty() {
            out += "\ncannot be read\n";
        }
        for line in &self.unreadable {
            let _ = writeln!(out, "         {}", escaped(line));
        }
        out
    }

    fn to_json(&self, hash: &str, allow: f64) -> String {
        let differences = self.differences.iter().map(|([hook, before, now, what], some)| {
            json!({ "hook": hook, "rule_then": before, "rule_now": now, "what": what, "count": some.count, "ids": some.ids })
        });
        let reasons = self.reasons.iter().map(|([hook, rule, why], some)| {
            json!({ "hook": hook, "rule": rule, "why": why, "count": some.count, "ids": some.ids })
        });
        let all = json!({
            "rules": hash,
            "same": self.same,
            "same_by_another_rule": self.by_another_rule,
            "differ": self.differ,
            "differ_percent": self.share(),
            "allow_percent": allow,
            "cannot": self.cannot,
            "unreadable": self.unreadable_count,
            "differences": differences.collect::<Vec<_>>(),
            "cannot_be_replayed": reasons.collect::<Vec<_>>(),
            "unreadable_lines": self.unreadable,
        });
        format!("{all}\n")
    }
}
