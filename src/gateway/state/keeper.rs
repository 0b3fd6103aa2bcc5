//! Keeps the rows of a table in force when its file lost too many, over changes of the folder and restarts.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use tracing::{info, warn};

use super::kept::Kept;
use super::rows::Rows;
use super::tables::{Held, InForce, Store};
use crate::diagnostic::{File, Report};
use crate::gateway::live::{Keeping, Live};
use crate::gateway::settings::Settings;
use crate::lookup::{Before, Shrunk, TableBefore};
use crate::rule::{Lookup, Occasion, Role, Shrink, Source, Sources, TableSource, Tenant, below};

/// Brings changes into force, but for tables that lost too many rows.
#[derive(Debug)]
pub struct Keeper {
    folder: PathBuf,
    shrink: Shrink,
    in_force: InForce,
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
        Self { folder: settings.rules.clone(), shrink: settings.shrink, in_force, store }
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
        let now = Timestamp::now();
        let before: Before = held.map(|(_, held)| (held.file.name.clone(), held.before(now))).collect();
        let keep = |shrunk: &Shrunk| {
            let table = self.below(&shrunk.file.name);
            let held = self.in_force.get(&table);
            let since = held.and_then(|held| held.kept_since).unwrap_or(now);
            Kept::new(&table, shrunk, since, held.map_or(now, |held| held.loaded_at))
        };
        Live::build_keeping(sources, tenant, occasion, Keeping { before: &before, shrink: self.shrink, keep: &keep })
            .map(|(live, _)| live)
    }

    /// Notes what is in force now, also on the disk, and tells which tables have other rows than before. `accept` as in
    /// [`Keeper::build`].
    pub fn commit(&mut self, live: &Live, accept: &[String]) {
        let now = Timestamp::now();
        let mut in_force = InForce::new();
        for (n, lookup) in live.rules.lookups.iter().enumerate() {
            let (Some((source, role, file)), Some(rows)) = (table(lookup), live.tables.rows(n)) else { continue };
            let table = self.below(&file.name);
            let shrink = source.size.shrink.unwrap_or(self.shrink);
            self.tell_of_another_table(lookup, &table, rows, shrink);
            let held = in_force.entry(table.clone()).or_insert_with(|| {
                let known = self.in_force.get(&table);
                let loaded_at = known.filter(|held| held.file == *file).map_or(now, |held| held.loaded_at);
                let kept_since = live.kept.iter().find(|kept| kept.table == table).map(|kept| kept.since);
                let before = known.filter(|_| !accept.contains(&table));
                let rows = Some(before.map_or(Rows::new(rows), |held| then(held, file, rows, shrink, now)));
                Held { role: *role, file: Arc::clone(file), loaded_at, kept_since, rows, lookups: Vec::new() }
            });
            held.lookups.push(lookup.name.clone());
        }
        for (table, held) in &in_force {
            if let (Some(before), None) = (self.in_force.get(table), held.kept_since) {
                tell(table, before, held, accept.contains(table));
            }
        }
        self.in_force = in_force;
        if let Some(store) = &mut self.store {
            store.write(&self.in_force);
        }
    }

    /// Rows are kept for a file of the same name alone: where a lookup asks another, people are told how many it has.
    fn tell_of_another_table(&self, lookup: &Lookup, table: &str, rows: usize, shrink: Shrink) {
        let lookup = &lookup.name;
        let asked = self.in_force.iter().find(|(_, held)| held.lookups.contains(lookup));
        let Some((table_before, Held { rows: Some(Rows { now: rows_before, .. }), .. })) = asked else { return };
        if table_before == table {
            return;
        }
        if shrink.allows(*rows_before, rows) {
            info!(lookup, table, rows, table_before, rows_before, "the lookup asks another table");
        } else {
            warn!(
                lookup,
                table,
                rows,
                table_before,
                rows_before,
                "the lookup asks another table that has far fewer rows, and they are in force: see whether it is whole"
            );
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

    fn below(&self, file: &str) -> String {
        below(&self.folder, file).to_owned()
    }
}

impl Held {
    /// What a change is compared with.
    fn before(&self, now: Timestamp) -> TableBefore {
        let rows = self.rows.map(|rows| rows.lately(now, self.kept_since.is_some()));
        TableBefore { role: self.role, file: Arc::clone(&self.file), lately: rows.map(|rows| (rows.now, rows.most)) }
    }
}

/// How many rows a table has from now on, and what later losses are compared with. One step that lost more than it may
/// was meant, by its lookup or because that reads the file in another way: then nothing from before counts, nor does it
/// where the same file has another number of rows.
fn then(before: &Held, file: &Arc<File>, rows: usize, shrink: Shrink, now: Timestamp) -> Rows {
    let known = before.rows.map(|known| known.lately(now, before.kept_since.is_some()));
    let is_same = before.file == *file;
    match known {
        Some(known) if is_same && known.now == rows => known,
        Some(known) if !is_same && shrink.allows(known.now, rows) => known.then(rows, now),
        _ => Rows::new(rows),
    }
}

/// Says which rows a table has that is not kept, if it was or has fewer than before.
fn tell(table: &str, before: &Held, held: &Held, is_accepted: bool) {
    let count = |held: &Held| held.rows.map(|rows| rows.now);
    let (rows, rows_before) = (count(held), count(before));
    let is_smaller = rows < rows_before;
    if is_smaller && is_accepted {
        warn!(table, rows, rows_before, "a table with fewer rows than before was accepted");
    } else if before.kept_since.is_some() {
        info!(table, rows, rows_before, "the rows of the table's file are in force again");
    } else if is_smaller {
        info!(
            table,
            rows,
            rows_before,
            most_rows = held.rows.map(|rows| rows.most),
            "the table has fewer rows than before"
        );
    }
}

/// A lookup in a table, and its file.
fn table(lookup: &Lookup) -> Option<(&TableSource, &Role, &Arc<File>)> {
    match &lookup.source {
        Source::Table(source) => source.file.as_ref().map(|(role, file)| (source, role, file)),
        Source::Remote(_) => None,
    }
}
