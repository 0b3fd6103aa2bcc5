//! `hookgate decisions --follow`: prints decisions as they are recorded.

use std::collections::HashSet;
use std::io::{ErrorKind, Write as _, stdout};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::super::exit::{Exit, Failure, Output};
use super::journals::{Journals, journals};
use super::list::{Args, has, text};
use crate::config::Settings;
use crate::diagnostic::escaped_page;
use crate::journal::{Mark, Query};
use crate::report::records::Shown;

/// How often it is looked for new ones.
const LOOK: Duration = Duration::from_millis(500);
/// How much later a decision may be written than its event came.
const LATE: SignedDuration = SignedDuration::from_mins(5);

/// Shows what there is, then what comes, until it is stopped.
pub(super) fn run(
    args: &Args,
    settings: &Settings,
    before: &Journals,
    query: &Query,
    shown: &str,
) -> Result<Output, Failure> {
    let mut seen: HashSet<Mark> = before.find(&recent(query))?.lines.iter().map(|(_, place)| place.mark()).collect();
    let mut out = stdout().lock();
    let mut print = |text: &str| match write!(out, "{}", escaped_page(text)).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Failure::message(format!("cannot write: {error}"))),
        Ok(()) => Ok(true),
    };
    let mut is_read = print(shown)?;
    while is_read {
        std::thread::park_timeout(LOOK);
        let journals = journals(&args.files, settings)?;
        let found = journals.find(&recent(query))?.lines;
        let new: Vec<_> = found.iter().filter(|(_, place)| seen.insert(place.mark())).collect();
        let new = new.into_iter().filter(|at| args.grep.as_ref().is_none_or(|text| has(&journals, at, text)));
        let new: Vec<Shown> =
            new.filter_map(|at| Some(Shown::of(journals.open(at)?, settings.journal.shows_facts))).collect();
        is_read = print(&text(&new, args.format, settings))?;
    }
    Ok(Output { stdout: String::new(), exit: Exit::Well })
}

/// What may have come lately.
fn recent(query: &Query) -> Query {
    let late = Timestamp::now().checked_sub(LATE).unwrap_or(Timestamp::MIN);
    Query { since: Some(query.since.map_or(late, |since| since.max(late))), ..query.clone() }
}
