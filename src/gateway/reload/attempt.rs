//! Handles the result of a look at the folder: tries new contents, reports failures, keeps what is in force.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::change::{Change, Load, Loaded};
use super::failure::Failure;
use super::history::Came;
use super::look::{Findings, Look};
use super::origin::Origin;
use super::reloader::{Held, Reloader};
use crate::rule::{Sources, short_hash};

impl Reloader {
    /// Tries what is new, tells what still fails, leaves alone what is in force.
    pub(super) fn conclude(&mut self, now: Instant, began: Instant, look: Look, is_requested: bool) {
        let accept = std::mem::take(&mut self.accept);
        if let Some(sources) = self.roll_back.take() {
            return self.roll_back(now, began, look, sources);
        }
        if self.held.as_ref().is_some_and(|held| held.seen == look.seen) {
            return self.held_against(began, accept);
        }
        let (hash, origin) = self.in_force();
        let is_in_force = hash.as_deref() == Some(&*look.seen) && origin == Origin::Folder;
        if is_in_force && accept.is_empty() {
            self.back_in_force(look.seen);
        } else if is_requested || self.attempted.as_deref() != Some(&*look.seen) {
            self.attempt(now, began, look, accept);
        } else if let Some(failure) = self.doubt.take() {
            self.tell(failure);
        }
    }

    fn in_force(&self) -> (Option<String>, Origin) {
        let status = self.shared.status();
        (status.hash.clone(), status.origin)
    }

    /// The folder holds what is in force: perhaps a mistake was taken back.
    fn back_in_force(&mut self, hash: String) {
        self.attempted = Some(hash);
        self.doubt = None;
        if self.shared.status().last_failure.take().is_some() {
            self.shared.note(Came::TakenBack);
            tracing::info!("the rules folder holds the rules in force again");
        }
    }

    /// The folder is as it was when rules were rolled back: these stay. Their tables may be accepted all the same.
    fn held_against(&mut self, began: Instant, accept: Vec<String>) {
        let Some(Held { seen, sources }) = &self.held else { return };
        self.attempted = Some(seen.clone());
        self.doubt = None;
        let change = Change { sources: sources.clone(), accept, instead_of: Some(seen.clone()) };
        let is_new = {
            let mut status = self.shared.status();
            if status.last_failure.take().is_some() {
                tracing::info!("the rules folder is as it was when rules were rolled back");
            }
            std::mem::replace(&mut status.origin, Origin::RolledBack) != Origin::RolledBack
        };
        if (is_new || !change.accept.is_empty())
            && let Err(failure) = self.bring(began, change)
        {
            self.tell(failure);
        }
    }

    /// Puts rules in force that were so before, in place of what the folder has.
    fn roll_back(&mut self, now: Instant, began: Instant, look: Look, sources: Sources) {
        let is_of_the_folder = look.seen == sources.hash;
        let instead_of = (!is_of_the_folder).then(|| look.seen.clone());
        let change = Change { sources: sources.clone(), accept: Vec::new(), instead_of };
        let failure = self.bring(began, change).err();
        if failure.is_none() {
            self.held = (!is_of_the_folder).then(|| Held { seen: look.seen.clone(), sources });
            self.attempted = Some(look.seen);
            self.doubt = None;
            self.second_look_at = Some(now + self.quiet());
        }
        failure.iter().for_each(|failure| self.shared.note(Came::Refused(failure.clone())));
        self.shared.status().rollback_failure = failure;
    }

    fn attempt(&mut self, now: Instant, began: Instant, look: Look, accept: Vec<String>) {
        self.shared.status().attempts += 1;
        self.second_look_at = Some(now + self.quiet());
        self.attempted = Some(look.seen);
        let tried = match look.found {
            Ok(sources) => self.bring(began, Change { sources, accept, instead_of: None }),
            Err(report) => Err(Failure::of(None, Findings::of(report))),
        };
        match tried {
            Ok(()) => {
                self.doubt = None;
                self.held = None;
                self.shared.status().last_failure = None;
            }
            // The second failure in a row is no save on its way, even if it is another one.
            Err(failure) => match self.doubt.take() {
                Some(_) => self.tell(failure),
                None => self.doubt = Some(failure),
            },
        }
    }

    /// Has a change brought into force.
    fn bring(&mut self, began: Instant, change: Change) -> Result<(), Failure> {
        let (hash, files) = (change.sources.hash.clone(), change.sources.files.len());
        let origin = if change.instead_of.is_some() { Origin::RolledBack } else { Origin::Folder };
        match load(&mut self.load, change) {
            Ok(Loaded { warnings, survives }) => {
                let milliseconds = began.elapsed().as_millis();
                let hash_shown = short_hash(&hash);
                match origin {
                    Origin::Folder | Origin::LastGood => {
                        tracing::info!(hash = hash_shown, files, warnings, milliseconds, "rules loaded");
                    }
                    Origin::RolledBack => tracing::warn!(
                        hash = hash_shown,
                        files,
                        warnings,
                        milliseconds,
                        "rules were rolled back: those of the folder are in force again once its content changes"
                    ),
                }
                let came = Came::Loaded { hash: hash.clone(), origin, files: Some(files), warnings: Some(warnings) };
                self.shared.note(came);
                let mut status = self.shared.status();
                status.loads += 1;
                status.hash = Some(hash);
                status.loaded_at = Some(Timestamp::now());
                (status.origin, status.survives) = (origin, survives);
                Ok(())
            }
            Err(told) => Err(Failure::of(Some(hash), told)),
        }
    }

    fn tell(&self, failure: Failure) {
        let hash = failure.hash.as_deref().map_or("none", short_hash);
        tracing::error!(
            hash,
            laid_out = true,
            "the changed rules are not in force, the rules before them stay: {}",
            failure.report
        );
        self.shared.note(Came::Refused(failure.clone()));
        let mut status = self.shared.status();
        status.failures += 1;
        status.last_failure = Some(failure);
    }

    #[must_use]
    pub fn quiet(&self) -> Duration {
        Duration::from_millis(self.pace.quiet_ms.max(1))
    }
}

/// Brings rules into force. A panic on the way is a failure like any other: the old rules stay.
fn load(load: &mut Load, change: Change) -> Result<Loaded, Findings> {
    match catch_unwind(AssertUnwindSafe(|| load(change))) {
        Ok(outcome) => outcome.map_err(Findings::of),
        Err(_) => {
            let text = "loading them broke off; this is a mistake of hookgate, not of the rules".to_owned();
            Err(Findings { text, ..Findings::default() })
        }
    }
}
