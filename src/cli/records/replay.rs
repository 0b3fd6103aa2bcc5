//! `hookgate replay`: decides recorded events again, and lists the people for whom something would differ.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};
use serde_json::json;

use super::journals::journals;
use super::sought::Sought;
use crate::cli::exit::{Exit, Failure, Output};
use crate::cli::format::Format;
use crate::cli::progress::Progress;
use crate::config::Settings;
use crate::diagnostic::escaped;
use crate::gateway::{Live, TableRows};
use crate::report::records::{Sum, replayed};
use crate::rule::short_hash;

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
    let sum = {
        let _progress = Progress::begin("deciding recorded events again");
        let lines = sighted.lines.iter().filter_map(|at| journals.open(at));
        let unread = sighted.unread.iter().filter_map(|unread| journals.open_unread(unread));
        replayed(lines.chain(unread), &live, rows, &mut |_| true)
    };
    let exit = if sum.is_beyond(args.allow) { Exit::Found } else { Exit::Well };
    let folder = settings.gateway.rules.display().to_string();
    let hash = short_hash(&live.rules.hash);
    let stdout = match args.format {
        Format::Text => to_text(&sum, count, &format!("{folder} ({hash})"), rows),
        Format::Json => to_json(&sum, &live.rules.hash, args),
    };
    Ok(Output { stdout, exit })
}

fn to_text(sum: &Sum, files: usize, rules: &str, rows: TableRows) -> String {
    let all = sum.same + sum.differ + sum.cannot;
    let mut out = format!("{all} records of {files} files, decided again by {rules}\n");
    let _ = writeln!(out, "{:>8} come out the same", sum.same);
    if sum.by_another_rule > 0 {
        let _ = writeln!(out, "{:>8}   of them by another rule", sum.by_another_rule);
    }
    let _ = writeln!(out, "{:>8} differ ({:.2} %)", sum.differ, sum.share());
    let _ = writeln!(out, "{:>8} are not decidable", sum.cannot);
    if sum.unreadable_count > 0 {
        let _ = writeln!(out, "{:>8} lines cannot be read", sum.unreadable_count);
    }
    for (table, count) in &sum.changed_tables {
        let which = match rows {
            TableRows::Then => "decided with what it said then; --tables now decides with today's rows",
            TableRows::Now => "decided with today's rows; --tables then decides with what it said then",
        };
        let what = if table.starts_with("setting.") { "" } else { "table " };
        let _ = writeln!(out, "\n{what}{} answers otherwise now in {count} records; {which}", escaped(table));
    }
    groups_to_text(sum, &mut out);
    if !sum.unreadable.is_empty() {
        out += "\ncannot be read\n";
    }
    for line in &sum.unreadable {
        let _ = writeln!(out, "  {}", escaped(line));
    }
    out
}

fn groups_to_text(sum: &Sum, out: &mut String) {
    let mut hook_before = None;
    for (kind, group) in &sum.differences {
        if hook_before != Some(&kind.hook) {
            let _ = writeln!(out, "\n{}", escaped(&kind.hook));
        }
        hook_before = Some(&kind.hook);
        let _ = writeln!(out, "  {}\n    {}", escaped(&kind.told(group.count)), escaped(&group.shown()));
    }
    if !sum.reasons.is_empty() {
        *out += "\nnot decidable\n";
    }
    for ([hook, rule, why], group) in &sum.reasons {
        let rule = if rule.is_empty() { String::new() } else { format!("  {rule}") };
        let told = format!("{hook}{rule}: {}, {why}", group.count);
        let _ = writeln!(out, "  {}\n    {}", escaped(&told), escaped(&group.shown()));
    }
}

fn to_json(sum: &Sum, hash: &str, args: &Args) -> String {
    let differences = sum.differences.iter().map(|(kind, group)| {
        json!({
            "hook": kind.hook, "then": kind.then, "now": kind.now, "differs": kind.parts,
            "rule_then": kind.rule_then, "rule_now": kind.rule_now,
            "count": group.count, "people": group.people, "requests": group.requests,
        })
    });
    let reasons = sum.reasons.iter().map(|([hook, rule, why], group)| {
        json!({
            "hook": hook, "rule": rule, "why": why,
            "count": group.count, "people": group.people, "requests": group.requests,
        })
    });
    let all = json!({
        "rules": hash,
        "tables": match args.tables { Tables::Then => "then", Tables::Now => "now" },
        "same": sum.same,
        "same_by_another_rule": sum.by_another_rule,
        "differ": sum.differ,
        "differ_percent": sum.share(),
        "allow_percent": args.allow,
        "not_decidable": sum.cannot,
        "unreadable": sum.unreadable_count,
        "changed_tables": sum.changed_tables,
        "differences": differences.collect::<Vec<_>>(),
        "reasons": reasons.collect::<Vec<_>>(),
        "unreadable_lines": sum.unreadable,
    });
    format!("{all}\n")
}
