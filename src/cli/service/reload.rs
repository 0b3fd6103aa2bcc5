//! `hookgate reload`: makes a running gateway read its rules folder now, and accept tables that lost rows.

use std::fmt::Write as _;

use clap::Args as ClapArgs;
use serde::Deserialize;

use super::admin_call::call;
use crate::cli::exit::{Exit, Failure, Output};
use crate::config::Settings;
use crate::diagnostic::escaped;
use crate::gateway::Origin;
use crate::report::counted;
use crate::rule::short_hash;

#[derive(ClapArgs, Debug)]
pub struct Args {
    /// A table to take as it is, although it has far fewer rows than before: `people.csv`. Can be given several times
    #[arg(long, value_name = "TABLE")]
    pub accept: Vec<String>,
}

/// Longest time for the answer, in milliseconds: a listener that does not know after ten seconds says so, and with
/// `accept` it may look twice.
const TIME_LIMIT_MS: u64 = 25_000;

/// What the listener tells.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Reply {
    message: Option<String>,
    hash: String,
    source: String,
    rules: usize,
    changed: bool,
    warnings: usize,
    accepted: Vec<Taken>,
    not_kept: Vec<NotKept>,
    kept: Vec<Kept>,
    refused: Refused,
}

/// A table that was taken.
#[derive(Debug, Deserialize)]
struct Taken {
    table: String,
    rows: usize,
    rows_before: usize,
}

/// A table that was to be taken, and has the rows of its file anyway.
#[derive(Debug, Deserialize)]
struct NotKept {
    table: String,
    rows: usize,
}

/// A table whose rows from before are in force.
#[derive(Debug, Deserialize)]
pub struct Kept {
    table: String,
    since: String,
    rows: usize,
    rows_in_file: usize,
}

/// Why the folder is not in force.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Refused {
    message: Option<String>,
    findings: Vec<Finding>,
}

#[derive(Debug, Deserialize)]
struct Finding {
    code: String,
    severity: String,
    message: String,
    place: Option<Place>,
    help: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Place {
    file: String,
    line: usize,
}

/// Asks the admin listener of the gateway that these settings start.
///
/// # Errors
/// When there is none, it does not answer, or the token is not the right one.
pub fn run(args: &Args, settings: &Settings) -> Result<Output, Failure> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(args.accept.iter().map(|table| ("accept", table)));
    let query = query.finish();
    let path = if query.is_empty() { "/reload".to_owned() } else { format!("/reload?{query}") };
    let answer = call("POST", &path, TIME_LIMIT_MS, &settings.server.admin)?;
    let told: Option<Reply> = serde_json::from_str(&answer.body).ok();
    let (stdout, exit) = match (answer.status, told) {
        (200, Some(told)) => (loaded(&told), if told.kept.is_empty() { Exit::Well } else { Exit::Kept }),
        (422, Some(told)) => {
            let what = "the rules in the folder have a mistake; those from before stay in force";
            (told.refused.told(what), Exit::Found)
        }
        (_, told) => answer.otherwise(
            told.and_then(|told| told.message),
            "`admin.token` must be what the running gateway was started with",
        )?,
    };
    Ok(Output { stdout, exit })
}

fn loaded(told: &Reply) -> String {
    let what = if told.changed { "loaded" } else { "nothing has changed" };
    let hash = short_hash(&told.hash);
    let mut out = format!("{what}: {} in force, hash {hash}", counted(told.rules, "rule"));
    if told.warnings > 0 {
        let _ = write!(out, ", {} (see the log, or `GET /rules`)", counted(told.warnings, "warning"));
    }
    out.push('\n');
    for Taken { table, rows, rows_before } in &told.accepted {
        let _ = writeln!(out, "{table}: taken with {}, before it had {rows_before}", counted(*rows, "row"));
    }
    for NotKept { table, rows } in &told.not_kept {
        let rows = counted(*rows, "row");
        let _ = writeln!(out, "{table}: nothing to take, it has the {rows} of its file");
    }
    told.kept.iter().for_each(|kept| out += &kept.told());
    if told.source == Origin::RolledBack.word() {
        out += "rules were rolled back: those of the folder come into force once its content changes, or with `hookgate rules rollback`\n";
    }
    out
}

impl Kept {
    /// Which rows are in force, and how to take the others.
    pub fn told(&self) -> String {
        let Self { table, since, rows, rows_in_file } = self;
        let (rows, rows_in_file) = (counted(*rows, "row"), counted(*rows_in_file, "row"));
        format!(
            "{table}: its {rows} from before stay in force; the file has {rows_in_file}, too few since {since}\n  \
             help: if the file is right, take it: `hookgate reload --accept {table}`\n"
        )
    }
}

impl Refused {
    /// What it is about, and below it the mistakes.
    pub fn told(&self, what: &str) -> String {
        let mut out = format!("{what}\n");
        if let Some(message) = &self.message {
            let _ = writeln!(out, "{}", message.trim_end());
        }
        for Finding { code, severity, message, place, help } in &self.findings {
            let at = place.as_ref().map(|Place { file, line }| format!("{file}:{line}: ")).unwrap_or_default();
            let _ = writeln!(out, "{}", escaped(&format!("{at}{severity}[{code}]: {message}")));
            for help in help {
                let _ = writeln!(out, "  help: {}", escaped(help));
            }
        }
        out
    }
}
