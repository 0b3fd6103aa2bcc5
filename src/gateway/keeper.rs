//! Holds on to the tables in force, so that a file that lost its rows does not make everybody unique: over changes of the folder, and over a restart.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use tracing::{info, warn};

use super::kept::Kept;
use super::live::{Keeping, Live};
use super::settings::Settings;
use super::state::{Held, InForce, Store};
use crate::diagnostic::{File, Report};
use crate::lookup::{Before, Shrunk};
use crate::rule::{Lookup, Occasion, Role, Shrink, Source, Sources, Tenant};

/// Brings changes into force, but for tables that lost too many rows.
#[derive(Debug)]
pub struct Keeper {
    folder: PathBuf,
    shrink: Shrink,
    in_force: InForce,
    /// The tables that were kept at the last load.
    kept: Vec<Kept>,
    /// Where they survive a restart.
    store: Option<Store>,
}

impl Keeper {
    /// Takes up what was in force when the gateway of this rules folder last ran, as far as it is written down in `state`.
    /// What of it cannot be read is told in the log.
    #[must_use]
    pub fn open(settings: &Settings, state: Option<&Path>) -> Self {
        let mut store = state.map(|state| Store::at(state, &settings.rules));
        let in_force = store.as_mut().map(Store::read).unwrap_or_default();
        Self { folder: settings.rules.clone(), shrink: settings.shrink, in_force, kept: Vec::new(), store }
    }

    /// Compiles what was read of the rules folder. Tables that lost too many rows have those from before, unless they are
    /// among `accept`, by their paths below the folder.
    ///
    /// # Errors
    /// Every mistake of every file; also where the rows from before do not have what the rules read.
    pub fn build(
        &self,
        sources: &Sources,
        tenant: &Tenant,
        occasion: Occasion<'_>,
        accept: &[String],
    ) -> Result<Live, Report> {
        let is_asked_for = |table: &String| !accept.contains(table);
        let held = self.in_force.iter().filter(|(table, _)| is_asked_for(table));
        let before: Before =
            held.map(|(_, held)| (held.file.name.clone(), (held.role, Arc::clone(&held.file)))).collect();
        let now = Timestamp::now();
        let keep = |shrunk: &Shrunk| {
            let table = self.below(&shrunk.file.name);
            let held = self.in_force.get(&table);
            let since = held.and_then(|held| held.kept_since).unwrap_or(now);
            Kept::new(&table, shrunk, since, held.map_or(now, |held| held.loaded_at))
        };
        Live::build_keeping(sources, tenant, occasion, Keeping { before: &before, shrink: self.shrink, keep: &keep })
            .map(|(live, _)| live)
    }

    /// Notes what is in force now, also on the disk, and tells of tables that are no longer kept.
    pub fn commit(&mut self, live: &Live) {
        let now = Timestamp::now();
        let mut in_force = InForce::new();
        for (role, file) in live.rules.lookups.iter().filter_map(table) {
            let table = self.below(&file.name);
            let known = self.in_force.get(&table).filter(|held| held.file == *file);
            let loaded_at = known.map_or(now, |held| held.loaded_at);
            let kept_since = live.kept.iter().find(|kept| kept.table == table).map(|kept| kept.since);
            in_force.insert(table, Held { role: *role, file: Arc::clone(file), loaded_at, kept_since });
        }
        for before in &self.kept {
            let is_kept = live.kept.iter().any(|kept| kept.table == before.table);
            if !is_kept && in_force.contains_key(&before.table) {
                let (table, rows_before) = (&before.table, before.rows);
                info!(
                    table,
                    rows = live.rows_of(&before.file),
                    rows_before,
                    "the rows of the table's file are in force again"
                );
            }
        }
        self.kept.clone_from(&live.kept);
        self.in_force = in_force;
        if let Some(store) = &mut self.store {
            store.write(&self.in_force);
        }
    }

    /// Says once that nothing survives a restart, where there are tables that could lose their rows.
    pub fn warn_of_no_state(&self) {
        if self.store.is_none() && !self.in_force.is_empty() {
            warn!(
                "the rows of tables are not kept over a restart: name a folder for them, `reload.state` in gateway.yaml, or \
                 `off` if that is meant"
            );
        }
    }

    /// The path of a file below the rules folder.
    fn below(&self, name: &str) -> String {
        let path = Path::new(name).strip_prefix(&self.folder).map(|below| below.display().to_string());
        path.unwrap_or_else(|_| name.to_owned())
    }
}

/// The file of a lookup in a table.
fn table(lookup: &Lookup) -> Option<&(Role, Arc<File>)> {
    match &lookup.source {
        Source::Table(source) => source.file.as_ref(),
        Source::Remote(_) => None,
    }
}
