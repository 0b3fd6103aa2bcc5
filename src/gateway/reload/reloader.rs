//! Brings changed rule files into force while the program runs, or says why it cannot; the old rules run until then.
//!
//! How it decides, and why:
//! - The folder is the truth. A hint of the operating system, a request and a poll only say when to look; the content
//!   hash says whether something changed. Watches are set before the folder is read, so a later change gives a new
//!   hint.
//! - A hint starts a quiet time, and each further hint starts it again, up to a limit: a file rewritten without end
//!   is still read. If hints arrive while the folder is being read, what was read is discarded: it may mix two
//!   states.
//! - A change that no hint announced (network file systems, bind mounts) counts when two reads, a quiet time apart,
//!   agree.
//! - What was tried is looked at once more a quiet time later, whether it went well or not.
//! - A failure is reported (log, status) when that second look still finds it, or finds another failure; then no save
//!   is in progress. Each failure is reported once; a request tries and reports again.
//! - A folder that cannot be read, or holds no rule file, is a failure like any other: the old rules stay.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::change::{Change, Load, Loaded, Started};
use super::failure::Failure;
use super::handle::{Hints, ReloadHandle, Shared, Status};
use super::history::Came;
use super::look::Look;
use super::origin::Origin;
use super::watch;
use super::watch::{Watch, Watching};
use crate::diagnostic::Report;
use crate::gateway::settings::Settings;
use crate::rule::Sources;
use crate::yaml::MEMORY_BYTES;

/// How long hints can hold a look off, in quiet times: with the standard one a save is live within a second.
const UNREST_LIMIT_QUIETS: u32 = 4;
/// Longest time between two polls while the system does not tell of changes, in milliseconds.
const UNWATCHED_POLL_LIMIT_MS: u64 = 2_000;
/// A poll that took long comes less often: this many times its own length later,
const POLL_REST_FACTOR: u32 = 50;
/// but not for longer than this, in milliseconds.
const POLL_REST_LIMIT_MS: u64 = 8_000;
/// A wait that nothing but a request ends.
const NEVER: Duration = Duration::from_hours(24 * 365);
/// How long the end of the thread is waited for, in milliseconds.
const STOP_LIMIT_MS: u64 = 2_000;
/// Stack of the thread in bytes, as much as the main thread has: what `check` can compile, a reload can.
pub const STACK_BYTES: usize = 8 << 20;

/// How patient the reloader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How long nothing may happen in the folder before it is read, in milliseconds.
    pub quiet_ms: u64,
    /// How often the folder is read without a hint, in milliseconds.
    pub poll_ms: u64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { quiet_ms: 200, poll_ms: 5_000 }
    }
}

/// The worker: `step` does what is due, `start` has a thread do so.
pub struct Reloader {
    folder: PathBuf,
    /// Folders that links may lead to.
    follow: Vec<PathBuf>,
    pub pace: Pace,
    pub load: Load,
    /// `None` where nothing but a request leads to a look.
    watching: Option<Watching>,
    pub shared: Arc<Shared>,
    /// Hints taken note of.
    hints: u64,
    unrest: Option<Unrest>,
    /// What was tried last.
    pub attempted: Option<String>,
    /// A failure that is not told yet.
    pub doubt: Option<Failure>,
    pub second_look_at: Option<Instant>,
    /// `None` before the first look.
    poll_at: Option<Instant>,
    /// Tables to be taken although they lost rows, since the last attempt.
    pub accept: Vec<String>,
    /// Rules that somebody asks to roll back to.
    pub roll_back: Option<Sources>,
    /// Rules that stay in force as long as the folder does not change.
    pub(super) held: Option<Held>,
    /// What loading the folder may hold, in bytes.
    memory_bytes: usize,
}

/// Rules that stay in force as long as the folder is as it was.
pub(super) struct Held {
    /// What was seen of the folder.
    pub seen: String,
    pub sources: Sources,
}

/// Something has changed, and perhaps goes on changing.
struct Unrest {
    since: Instant,
    last: Instant,
    /// What was seen last, when no hint but a look brought the news.
    seen: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reason {
    First,
    Request,
    Quiet,
    SecondLook,
    Poll,
}

/// Ends the reloader's thread when dropped, after what it is doing; but a disk that does not answer holds nobody up.
#[derive(Debug)]
pub struct ReloadGuard {
    shared: Arc<Shared>,
    /// Closed by the thread's end.
    ended: Receiver<()>,
}

impl Drop for ReloadGuard {
    fn drop(&mut self) {
        self.shared.stop();
        if self.ended.recv_timeout(Duration::from_millis(STOP_LIMIT_MS)) == Err(RecvTimeoutError::Timeout) {
            tracing::warn!("the rules folder is still being read, so its reloader is left behind");
        }
    }
}

impl Reloader {
    /// A reloader of a folder, watched by what the operating system offers. `in_force` is the hash of the rules that
    /// are loaded already. `try_load` brings rules into force; when it fails, the old ones must still be.
    pub fn new(
        folder: impl Into<PathBuf>,
        pace: Pace,
        in_force: Option<String>,
        try_load: impl FnMut(Change) -> Result<Loaded, Report> + Send + 'static,
    ) -> Self {
        let shared = Arc::new(Shared::default());
        let loaded_at = in_force.is_some().then(Timestamp::now);
        *shared.status() = Status { hash: in_force, loaded_at, survives: true, ..Status::default() };
        Self {
            folder: folder.into(),
            pace,
            load: Box::new(try_load),
            follow: Vec::new(),
            watching: Some(Watching::by(Box::new(watch::start))),
            shared,
            hints: 0,
            unrest: None,
            attempted: None,
            doubt: None,
            second_look_at: None,
            poll_at: None,
            accept: Vec::new(),
            roll_back: None,
            held: None,
            memory_bytes: MEMORY_BYTES,
        }
    }

    /// The same for loads that hold at most so many bytes of memory.
    #[must_use]
    pub fn within(self, memory_bytes: usize) -> Self {
        Self { memory_bytes, ..self }
    }

    /// The same with what these settings say of links and of when to look.
    #[must_use]
    pub fn set(mut self, settings: &Settings) -> Self {
        self.follow.clone_from(&settings.follow);
        if !settings.is_watching {
            self.watching = None;
            self.poll_at = Some(Instant::now() + NEVER);
        }
        self
    }

    /// The same where a gateway has started with these rules.
    #[must_use]
    pub fn started(mut self, started: Started) -> Self {
        let Started { origin, seen, sources, failure, held_against } = started;
        failure.iter().for_each(|failure| self.shared.note(Came::Refused(failure.clone())));
        self.shared.note(Came::Loaded { hash: sources.hash.clone(), origin, files: None, warnings: None });
        let mut status = self.shared.status();
        (status.origin, status.last_failure) = (origin, failure);
        drop(status);
        if origin != Origin::Folder {
            self.attempted = Some(seen);
        }
        self.held = held_against.map(|seen| Held { seen, sources });
        self
    }

    /// The same with another way to watch; `start` gets the folder as an absolute path and where hints go.
    #[must_use]
    pub fn watched_by(
        mut self,
        start: impl FnMut(&Path, Hints) -> Result<Box<dyn Watch>, String> + Send + 'static,
    ) -> Self {
        self.watching = Some(Watching::by(Box::new(start)));
        self
    }

    /// A line to this reloader.
    #[must_use]
    pub fn handle(&self) -> ReloadHandle {
        self.shared.handle()
    }

    /// Has a thread do the steps until the guard is dropped.
    ///
    /// # Errors
    /// Fails when the system gives no thread.
    pub fn start(mut self) -> io::Result<ReloadGuard> {
        let shared = Arc::clone(&self.shared);
        let (running, ended) = mpsc::channel();
        let run = move || {
            self.run();
            drop(self);
            drop::<Sender<()>>(running);
        };
        thread::Builder::new().name("reload".to_owned()).stack_size(STACK_BYTES).spawn(run)?;
        Ok(ReloadGuard { shared, ended })
    }

    fn run(&mut self) {
        loop {
            let due = self.step(Instant::now());
            let known_hints = self.unrest.is_none().then_some(self.hints);
            if !self.shared.wait(due, known_hints) {
                return;
            }
        }
    }

    /// Does what is due by now and says when to come again at the latest. The first step looks at once.
    pub fn step(&mut self, now: Instant) -> Instant {
        let requested = self.take_signals(now);
        if let Some(reason) = self.reason(now, requested) {
            self.look(now, reason);
        }
        self.due(now)
    }

    fn take_signals(&mut self, now: Instant) -> bool {
        let mut signals = self.shared.signals();
        if signals.hints != self.hints {
            self.hints = signals.hints;
            self.unrest.get_or_insert(Unrest { since: now, last: now, seen: None }).last = now;
        }
        self.accept.append(&mut signals.accept);
        self.roll_back = signals.roll_back.take().or(self.roll_back.take());
        signals.take_request()
    }

    /// Why to look now, if there is a reason. Unrest holds the others off: what they would see is not finished.
    fn reason(&self, now: Instant, requested: bool) -> Option<Reason> {
        let is_due = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        match &self.unrest {
            _ if requested => Some(Reason::Request),
            _ if self.poll_at.is_none() => Some(Reason::First),
            Some(unrest) => (self.calm_at(unrest) <= now).then_some(Reason::Quiet),
            None if is_due(self.second_look_at) => Some(Reason::SecondLook),
            None => is_due(self.poll_at).then_some(Reason::Poll),
        }
    }

    fn due(&self, now: Instant) -> Instant {
        match &self.unrest {
            // Comes by several times in a quiet time to date the last hint well enough.
            Some(unrest) => self.calm_at(unrest).min(now + self.quiet() / 4),
            None => [self.second_look_at, self.poll_at].into_iter().flatten().min().unwrap_or(now),
        }
    }

    fn calm_at(&self, unrest: &Unrest) -> Instant {
        (unrest.last + self.quiet()).min(unrest.since + self.quiet() * UNREST_LIMIT_QUIETS)
    }

    /// Reads the folder and deals with what is there.
    fn look(&mut self, now: Instant, reason: Reason) {
        let began = Instant::now();
        let unrest = self.unrest.take();
        self.second_look_at = None;
        let hints = self.shared.hints();
        let is_watching = self.watching.as_mut().is_some_and(|watching| watching.arm(&self.folder, &hints, now));
        self.shared.status().watching = is_watching;
        let look = Look::at(&self.folder, &self.follow, self.memory_bytes);
        self.poll_at = Some(now + self.watching.as_ref().map_or(NEVER, |_| self.poll_rest(began.elapsed())));
        self.shared.status().looks += 1;
        if reason != Reason::Request {
            self.unrest = self.still_changing(now, reason, unrest, &look.seen);
        }
        if self.unrest.is_none() {
            self.conclude(now, began, look, reason == Reason::Request);
            if self.watching.is_none() && self.doubt.is_none() {
                // What comes later waits for the next request.
                self.second_look_at = None;
            }
            if self.doubt.is_none() {
                self.shared.answer();
            }
        }
    }

    /// Whether what was seen should be given another quiet time.
    fn still_changing(&mut self, now: Instant, reason: Reason, before: Option<Unrest>, seen: &str) -> Option<Unrest> {
        let since = before.as_ref().map_or(now, |unrest| unrest.since);
        if now >= since + self.quiet() * UNREST_LIMIT_QUIETS {
            return None;
        }
        let hints = self.shared.signals().hints;
        if hints != self.hints {
            self.hints = hints;
            return Some(Unrest { since, last: now, seen: None });
        }
        let seen_before = before.and_then(|unrest| unrest.seen);
        let is_unannounced = matches!(reason, Reason::SecondLook | Reason::Poll) || seen_before.is_some();
        let is_settled = seen_before.as_deref() == Some(seen) || !self.is_news(seen);
        (is_unannounced && !is_settled).then(|| Unrest { since, last: now, seen: Some(seen.to_owned()) })
    }

    fn is_news(&self, seen: &str) -> bool {
        self.attempted.as_deref() != Some(seen) && self.shared.status().hash.as_deref() != Some(seen)
    }

    fn poll_rest(&self, took: Duration) -> Duration {
        let is_watching = self.shared.status().watching;
        let poll_ms = if is_watching { self.pace.poll_ms } else { self.pace.poll_ms.min(UNWATCHED_POLL_LIMIT_MS) };
        let rest = (took * POLL_REST_FACTOR).min(Duration::from_millis(POLL_REST_LIMIT_MS));
        Duration::from_millis(poll_ms.max(1)).max(rest)
    }
}

impl fmt::Debug for Reloader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reloader").field("folder", &self.folder).field("pace", &self.pace).finish_non_exhaustive()
    }
}
