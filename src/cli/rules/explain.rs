//! `hookgate explain`: prints the meaning of a code, an example, and what to write instead.

use std::fmt::Write as _;

use clap::builder::styling::Style;

use crate::cli::exit::{Failure, Output};
use crate::diagnostic::{Code, did_you_mean};
use crate::lint::catalogue;

/// Explain a code that a message begins with; without a code, list them all
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The code, in any case: H201
    #[arg(value_name = "CODE")]
    pub code: Option<String>,
    /// Print every explanation as one Markdown page
    #[arg(long, conflicts_with = "code")]
    pub all: bool,
}

/// # Errors
/// When there is no such code.
pub fn run(args: &Args) -> Result<Output, Failure> {
    match &args.code {
        _ if args.all => Ok(Output::well(catalogue::to_markdown())),
        None => Ok(Output::well(list())),
        Some(id) => match catalogue::find(id.trim()) {
            Some(code) => Ok(Output::well(one(code))),
            None => Err(unknown(id)),
        },
    }
}

fn one(code: &Code) -> String {
    let bold = Style::new().bold();
    format!("{bold}{}: {}{bold:#}\n\n{}\n", code.id, code.title, code.text.trim())
}

fn list() -> String {
    let bold = Style::new().bold();
    let mut out = String::new();
    for code in catalogue::all() {
        let _ = writeln!(out, "{bold}{}{bold:#}  {}", code.id, code.title);
    }
    out
}

fn unknown(id: &str) -> Failure {
    let failure = Failure::message(format!("there is no code `{id}`"));
    match did_you_mean(id, catalogue::all().map(|code| code.id)) {
        Some(meant) => failure.help(format!("did you mean `{meant}`? `hookgate explain` lists every code")),
        None => failure.help("`hookgate explain` lists every code"),
    }
}
