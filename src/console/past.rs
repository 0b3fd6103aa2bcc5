//! Reads past decisions for pages, on threads where nobody waits for a disk; and keeps the last older rules that it built.

use std::sync::{Arc, Mutex, PoisonError};

use maud::{Markup, html};

use crate::config::Settings;
use crate::gateway::{Live, Sets};
use crate::journal::{Archive, Cursor, Found, Mark, Query, Record};
use crate::report::records::{Shown, is_by, kept_rules, kept_set};
use crate::rule::Tenant;
use crate::server::Watched;

use super::answer::Answer;
use super::parts::{State, notice};

/// A page of decisions, read.
pub(super) struct Listed {
    pub lines: Vec<(Mark, Shown)>,
    pub next: Option<Cursor>,
    /// Whether it ends because enough was looked at.
    pub is_cut: bool,
    /// Lines whose key is not there.
    pub keyless: u64,
}

/// Which decisions a page shows.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    pub query: Query,
    pub before: Option<Cursor>,
    pub after: Option<Mark>,
    pub limit: usize,
}

/// The last rules that were built of those that are kept: somebody who looks at one of their decisions looks at another.
#[derive(Debug, Default)]
pub(super) struct Past {
    built: Mutex<Option<(String, Arc<Live>)>>,
}

/// The rules that decided a record.
pub(super) enum Rules {
    InForce(Arc<Live>),
    /// Their hash, and when they last came into force.
    Kept(Arc<Live>, String, jiff::Timestamp),
}

impl Rules {
    pub fn live(&self) -> &Arc<Live> {
        match self {
            Self::InForce(live) | Self::Kept(live, ..) => live,
        }
    }
}

/// Why something cannot be shown, and what the reader can do; an answer cannot be handed from thread to thread.
#[derive(Debug)]
pub(super) struct Not {
    pub what: String,
    pub help: String,
    /// Whether it is not there.
    pub is_unknown: bool,
}

impl Not {
    pub fn shown(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { what: what.into(), help: help.into(), is_unknown: false }
    }
}

impl From<Not> for Answer {
    fn from(Not { what, help, is_unknown }: Not) -> Self {
        if is_unknown { Self::not_found(what, help) } else { Self::refused(what, help) }
    }
}

/// Does something that takes a while on a thread of its own.
pub(super) async fn aside<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> Result<R, Answer> {
    let broken = |_| Answer::refused("the console broke down over this", "look into the log, and load the page again");
    tokio::task::spawn_blocking(work).await.map_err(broken)
}

/// What a reader of past decisions must know before an empty list says that nothing happened.
pub(super) fn cautions(watched: &Watched, settings: &Settings, keyless: u64) -> Markup {
    let is_recording = settings.journal.file.is_none() || watched.gateway.recorded().is_some();
    html! {
        @if !is_recording {
            (notice(State::Bad, "nothing is recorded since hookgate started: the journal could not be begun",
                "the log of hookgate says why; make the folder of `journal.file` writable for its user, and restart"))
        }
        @if keyless > 0 {
            (notice(State::Warning, &format!("{keyless} records cannot be opened for want of their key, and whom they are about is not known"),
                "give the master key back in `journal.key`, or the file `….keys` beside the journal from the backup"))
        }
    }
}

/// The journal of this gateway, opened; none where nothing was recorded yet.
pub(super) fn archive(settings: &Settings) -> Result<Option<Archive>, Not> {
    let Some(file) = &settings.journal.file else {
        let help =
            "name a file in `journal.file` of gateway.yaml and restart; what was decided until then is not known";
        return Err(Not::shown("no decision is recorded: `journal.file` is null", help));
    };
    let archive = Archive::of(file, &settings.journal.keys).map_err(|error| unreadable(&error))?;
    Ok(Some(archive).filter(|archive| !archive.files().is_empty()))
}

pub(super) fn unreadable(error: &std::io::Error) -> Not {
    Not::shown(
        format!("the journal cannot be read: {error}"),
        "let hookgate's user read the file and its folder, or make room on the disk",
    )
}

/// A page of decisions. Records are opened for those alone who may see people.
pub(super) fn listed(settings: &Settings, wanted: &Wanted, sees_people: bool) -> Result<Listed, Not> {
    let Some(archive) = archive(settings)? else {
        return Ok(Listed { lines: Vec::new(), next: None, is_cut: false, keyless: 0 });
    };
    let Wanted { query, before, after, limit } = wanted;
    let page = archive.page(query, before.as_ref(), *after, *limit).map_err(|error| unreadable(&error))?;
    let shown = |place| {
        let found = archive.open(place);
        let with_facts = settings.journal.shows_facts;
        (place.mark(), if sees_people { Shown::of(found, with_facts) } else { Shown::clear(found) })
    };
    let lines = page.lines.iter().map(shown).collect();
    Ok(Listed { lines, next: page.next, is_cut: page.is_cut, keyless: page.keyless })
}

/// The newest decision that is sought; what its line shows in clear, and the record or why it cannot be opened.
pub(super) fn newest(settings: &Settings, query: &Query) -> Result<Option<Found>, Not> {
    let Some(archive) = archive(settings)? else { return Ok(None) };
    let page = archive.page(query, None, None, 1).map_err(|error| unreadable(&error))?;
    Ok(page.lines.first().map(|place| archive.open(place)))
}

impl Past {
    /// The rules that decided a record: those in force, or kept ones.
    ///
    /// # Errors
    /// Why they are not known, in words.
    pub fn rules(&self, record: &Record, watched: &Watched, tenant: &Tenant) -> Result<Rules, String> {
        let live = watched.gateway.current();
        if is_by(record, &live) {
            return Ok(Rules::InForce(live));
        }
        let set = kept_set(record, watched.sets.as_ref())?;
        let (hash, at) = (set.hash.clone(), set.at);
        let mut built = self.built.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, live)) = built.as_ref().filter(|(known, _)| *known == hash) {
            return Ok(Rules::Kept(Arc::clone(live), hash, at));
        }
        let build = |sets: &Sets| kept_rules(&set, sets, tenant);
        let live = Arc::new(watched.sets.as_ref().map_or_else(|| Err(String::new()), build)?);
        *built = Some((hash.clone(), Arc::clone(&live)));
        Ok(Rules::Kept(live, hash, at))
    }
}
