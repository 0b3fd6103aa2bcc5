//! `hookgate reload`: has a running gateway read its rules folder now, and take tables although they lost rows.

use std::fmt::Write as _;

use clap::Args as ClapArgs;
use serde_json::Value;

use crate::config::Settings;

use super::admin_call::{Answer, call};
use super::check::counted;
use super::exit::{Exit, Failure, Output};

#[derive(ClapArgs, Debug)]
pub struct Args {
    /// A table to take as it is, although it has far fewer rows than before: `people.csv`. Can be given several times
    #[arg(long, value_name = "TABLE")]
    pub accept: Vec<String>,
}

/// Longest time for the answer, in milliseconds: a listener that does not know after ten seconds says so.
const TIME_LIMIT_MS: u64 = 15_000;

/// Asks the admin listener of the gateway that these settings start.
///
/// # Errors
/// When there is none, it does not answer, or the token cannot be read.
pub fn run(args: &Args, settings: &Settings) -> Result<Output, Failure> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(args.accept.iter().map(|table| ("accept", table)));
    let query = query.finish();
    let path = if query.is_empty() { "/reload".to_owned() } else { format!("/reload?{query}") };
    let Answer { status, body } = call("POST", &path, TIME_LIMIT_MS, &settings.server.admin)?;
    let told: Value = serde_json::from_str(&body).unwrap_or_default();
    let exit = if status == 200 { Exit::Well } else { Exit::Found };
    let stdout = match status {
        200 => loaded(&told),
        422 => refused(&told),
        401 => {
            let failure = Failure::message("the admin listener does not know this token");
            return Err(failure.help("`admin.token` must be what the running gateway was started with"));
        }
        _ => match told["message"].as_str() {
            Some(message) => format!("{message}\n"),
            None => format!("the admin listener answers with status {status}: {body}"),
        },
    };
    Ok(Output { stdout, exit })
}

fn loaded(told: &Value) -> String {
    let number = |value: &Value| usize::try_from(value.as_u64().unwrap_or_default()).unwrap_or_default();
    let what = if told["changed"] == true { "loaded" } else { "nothing has changed" };
    let (rules, warnings) = (counted(number(&told["rules"]), "rule"), number(&told["warnings"]));
    let hash = told["hash"].as_str().and_then(|hash| hash.get(..12)).unwrap_or_default();
    let mut out = format!("{what}: {rules} in force, hash {hash}");
    if warnings > 0 {
        let _ = write!(out, ", {} (see the log, or `GET /rules`)", counted(warnings, "warning"));
    }
    out.push('\n');
    let list = |key: &str| told[key].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for taken in list("accepted") {
        let (table, before) = (text(&taken["table"]), number(&taken["rows_before"]));
        let _ = writeln!(out, "{table}: taken with {}, before it had {before}", counted(number(&taken["rows"]), "row"));
    }
    for kept in list("kept") {
        let (table, rows, file) = (text(&kept["table"]), number(&kept["rows"]), number(&kept["rows_in_file"]));
        let (rows, since) = (counted(rows, "row"), text(&kept["since"]));
        let _ = writeln!(out, "{table}: its {rows} from before are in force since {since}, for the file has {file}");
        let _ = writeln!(out, "  help: if the file is right, take it: `hookgate reload --accept {table}`");
    }
    out
}

/// The mistakes that keep the folder from coming into force.
fn refused(told: &Value) -> String {
    let mut out = String::from("the rules in the folder have a mistake; those from before stay in force\n");
    let refused = &told["refused"];
    if let Some(message) = refused["message"].as_str() {
        let _ = writeln!(out, "{}", message.trim_end());
    }
    for finding in refused["findings"].as_array().into_iter().flatten() {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let place = match finding["place"]["file"].as_str() {
            Some(file) => format!("{file}:{}: ", finding["place"]["line"]),
            None => String::new(),
        };
        let (severity, code) = (text(&finding["severity"]), text(&finding["code"]));
        let _ = writeln!(out, "{place}{severity}[{code}]: {}", text(&finding["message"]));
        for help in finding["help"].as_array().into_iter().flatten() {
            let _ = writeln!(out, "  help: {}", text(help));
        }
    }
    out
}
