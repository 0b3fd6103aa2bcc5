//! Brings rules into force: those of the folder, the last good set, or a set rolled back to.
//!
//! The last good set is for a start at which the folder has a mistake.

use std::path::Path;

use jiff::Timestamp;
use tracing::{error, info, warn};

use super::change::{Change, Loaded, Started};
use super::failure::Failure;
use super::look::{Findings, Look};
use super::origin::Origin;
use crate::diagnostic::Report;
use crate::gateway::handle::Gateway;
use crate::gateway::live::Live;
use crate::gateway::settings::{Settings, StateAt};
use crate::gateway::state::{Keeper, RolledBack, Sets};
use crate::rule::{Occasion, Sources, Tenant, short_hash};

/// What stands between a rules folder and the rules in force.
#[derive(Debug)]
pub struct Loader {
    settings: Settings,
    tenant: Tenant,
    keeper: Keeper,
    /// Where sets that were in force are kept.
    sets: Option<Sets>,
    /// Whether it was told that nothing can be written there.
    is_trouble_told: bool,
}

impl Loader {
    /// Takes up what the gateway of these settings has left in the folder `state`.
    #[must_use]
    pub fn open(settings: &Settings, tenant: &Tenant, state: Option<&Path>) -> Self {
        let (keeper, sets) = (Keeper::open(settings, state), Sets::of(settings, state));
        Self { settings: settings.clone(), tenant: tenant.clone(), keeper, sets, is_trouble_told: false }
    }

    /// The sets that are kept.
    #[must_use]
    pub fn sets(&self) -> Option<&Sets> {
        self.sets.as_ref()
    }

    /// The rules to start with: those that were rolled back to, as long as the folder is as it was; else those of the folder.
    /// Where these have a mistake, which is told as an error: those that were rolled back to, whatever the folder was; else
    /// those that were last in force.
    ///
    /// # Errors
    /// Every mistake of the folder, where no other set can serve.
    pub fn start(&self) -> Result<(Live, Started), Report> {
        let Look { seen, found } = Look::at(&self.settings.rules, &self.settings.follow, self.tenant.memory_bytes);
        let note = self.note();
        if let Some(note) = note.as_ref().filter(|note| note.folder == seen)
            && let Some((live, sources)) = self.rolled_back(note)
        {
            let failure = found.err().map(|report| Failure::of(None, Findings::of(report)));
            let held_against = Some(seen.clone());
            return Ok((live, Started { origin: Origin::RolledBack, seen, sources, failure, held_against }));
        }
        let hash = found.as_ref().ok().map(|sources| sources.hash.clone());
        let built = found.and_then(|sources| Ok((self.build(&sources)?, sources)));
        match built {
            Ok((live, sources)) => {
                let (origin, failure, held_against) = (Origin::Folder, None, None);
                Ok((live, Started { origin, seen, sources, failure, held_against }))
            }
            Err(report) => {
                let noted = note.filter(|note| note.folder != seen);
                let noted = noted.and_then(|note| Some((self.rolled_back(&note)?, note)));
                let (origin, built, of, held_against) = match noted {
                    Some((built, note)) => (Origin::RolledBack, built, "that were rolled back to", Some(note.folder)),
                    None => match self.last_good() {
                        Some(built) => (Origin::LastGood, built, "that were last in force", None),
                        None => return Err(report),
                    },
                };
                let ((live, sources), told) = (built, Findings::of(report));
                error!(
                    laid_out = true,
                    hash = short_hash(&sources.hash),
                    "the rules in the folder have a mistake, so that those serve {of}: {}",
                    told.text
                );
                let failure = Some(Failure::of(hash, told));
                Ok((live, Started { origin, seen, sources, failure, held_against }))
            }
        }
    }

    /// Rules as a gateway starts with them: what was in force once may be so again.
    fn build(&self, sources: &Sources) -> Result<Live, Report> {
        self.keeper.build(sources, &self.tenant, Occasion::Start, &[])
    }

    /// The note that rules were rolled back.
    fn note(&self) -> Option<RolledBack> {
        RolledBack::read(self.sets.as_ref()?).unwrap_or_else(|cause| {
            error!(cause, "whether rules were rolled back cannot be read, so that those of the folder serve");
            None
        })
    }

    /// What was rolled back to.
    fn rolled_back(&self, note: &RolledBack) -> Option<(Live, Sources)> {
        let sets = self.sets.as_ref()?;
        let set = sets.find(Some(&note.hash), None).map_err(|why| why.told());
        let built = set.and_then(|set| {
            let sources = sets.read(&set)?;
            let live = self.build(&sources).map_err(|report| Findings::of(report).text)?;
            Ok((live, sources))
        });
        let hash = short_hash(&note.hash);
        match built {
            Ok(built) => {
                warn!(
                    hash,
                    rolled_back_at = note.at,
                    "the rules that were rolled back to serve, until the folder changes"
                );
                Some(built)
            }
            Err(cause) => {
                error!(hash, cause, "the rules that were rolled back to cannot serve, so that those of the folder do");
                None
            }
        }
    }

    /// Of the sets that were in force, the last that still compiles.
    fn last_good(&self) -> Option<(Live, Sources)> {
        let sets = self.sets.as_ref()?;
        for set in sets.list().unwrap_or_default() {
            let built = sets.read(&set).and_then(|sources| {
                let live = self.build(&sources).map_err(|report| Findings::of(report).text)?;
                Ok((live, sources))
            });
            match built {
                Ok(built) => {
                    warn!(hash = short_hash(&set.hash), in_force_at = %set.at, "rules that were in force serve again");
                    return Some(built);
                }
                Err(cause) => {
                    warn!(hash = short_hash(&set.hash), cause, "a set of rules that was kept cannot serve any more");
                }
            }
        }
        None
    }

    /// Notes that what a gateway starts with is in force.
    pub fn started(&mut self, live: &Live, started: &Started) {
        self.keeper.commit(live, &[]);
        if self.settings.state != StateAt::Nowhere {
            self.keeper.warn_of_no_state();
        }
        match started.origin {
            Origin::Folder => self.keep(&started.sources, None),
            Origin::RolledBack => self.keep(&started.sources, started.held_against.as_deref()),
            // It was kept already.
            Origin::LastGood => true,
        };
    }

    /// Brings a change into force.
    ///
    /// # Errors
    /// Every mistake in it; what was in force stays.
    pub fn change(&mut self, gateway: &Gateway, change: &Change) -> Result<Loaded, Report> {
        let before = gateway.current();
        let occasion = match change.instead_of {
            None => Occasion::Change { in_force: before.warnings.misspelt_in() },
            Some(_) => Occasion::Start,
        };
        let live = self.keeper.build(&change.sources, &self.tenant, occasion, &change.accept)?;
        live.warnings.tell();
        let warnings = live.warnings.count;
        gateway.replace(live);
        self.keeper.commit(&gateway.current(), &change.accept);
        let survives = self.keep(&change.sources, change.instead_of.as_deref());
        Ok(Loaded { warnings, survives })
    }

    /// Writes down what is in force; `instead_of` is what the folder has, where that is something else. Whether a restart
    /// will find it so. Trouble is told when it begins.
    fn keep(&mut self, sources: &Sources, instead_of: Option<&str>) -> bool {
        let Some(sets) = &self.sets else { return instead_of.is_none() };
        // First what decides which rules a restart finds.
        let noted = match instead_of {
            Some(folder) => RolledBack::now(&sources.hash, folder).write(sets),
            None => RolledBack::forget(sets),
        };
        let kept = sets.keep(sources, Timestamp::now());
        match noted.as_ref().err().or(kept.as_ref().err()) {
            None if std::mem::take(&mut self.is_trouble_told) => info!("rules in force are kept for a restart again"),
            None => {}
            Some(_) if std::mem::replace(&mut self.is_trouble_told, true) => {}
            Some(cause) => warn!(
                folder = %sets.folder.display(),
                %cause,
                "the rules in force are not kept: a start with a mistake in the folder, and `hookgate rules rollback`, will not find \
                 them. Let hookgate's user write the folder and make room in it, or name another as `reload.state` in gateway.yaml"
            ),
        }
        noted.is_ok() && kept.is_ok()
    }
}
