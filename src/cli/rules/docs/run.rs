//! Runs `hookgate docs`: reads the rules, runs the tests, writes the page.

use std::path::PathBuf;

use clap::ValueEnum;

use super::{html, markdown};
use crate::cli::exit::{Failure, Output, write_file};
use crate::config::Settings;
use crate::event::Calendar;
use crate::gateway::Live;
use crate::report::docs;
use crate::rule::Sources;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// How the page is written; left out: as FILE is named, else Markdown
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// Where it is written to; left out: the standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For repositories and wikis
    Markdown,
    /// One file for browsers and printers; it loads nothing
    Html,
}

/// Writes the page. Tests that do not pass are told in it and are no failure of the command.
///
/// # Errors
/// When the rules do not compile, or the file cannot be written.
pub fn run(args: &Args, settings: &Settings) -> Result<Output, Failure> {
    let sources = settings.gateway.sources(&settings.tenant).map_err(Failure::rules)?;
    let (live, _) = Live::build(&sources, &settings.tenant).map_err(Failure::rules)?;
    let surroundings = settings.surroundings();
    let proofs = docs::prove(&live, &surroundings);
    let newest = newest(&sources, &surroundings.calendar);
    let page = docs::page(&sources, &live, &proofs, newest.as_deref());
    let text = match format(args) {
        Format::Markdown => markdown::write(&page),
        Format::Html => html::write(&page),
    };
    match &args.output {
        None => Ok(Output::well(text)),
        Some(file) => write_file(file, &text).map(|()| Output::well("")),
    }
}

/// The day of the newest file that this page is made of.
fn newest(sources: &Sources, calendar: &Calendar) -> Option<String> {
    let changed = |name: &str| std::fs::metadata(name).and_then(|metadata| metadata.modified()).ok();
    let newest = sources.files.iter().filter_map(|(_, file)| changed(&file.name)).max()?;
    let newest = jiff::Timestamp::try_from(newest).ok()?;
    Some(calendar.day(newest).to_string())
}

fn format(args: &Args) -> Format {
    let extension = args.output.as_ref().and_then(|file| file.extension());
    let is_html = extension
        .is_some_and(|extension| extension.eq_ignore_ascii_case("html") || extension.eq_ignore_ascii_case("htm"));
    args.format.unwrap_or(if is_html { Format::Html } else { Format::Markdown })
}
