//! Finds tables that have far fewer rows than before.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::tables::Tables;
use crate::diagnostic::{File, Report};
use crate::rule::{Lookup, Role, Shrink, Source, TableSource};

/// The files of tables in force, by the names of files.
pub type Before = BTreeMap<String, TableBefore>;

/// A table's file in force.
#[derive(Clone, Debug)]
pub struct TableBefore {
    pub role: Role,
    pub file: Arc<File>,
    /// How many rows it has as the lookups in force read it, and the most it had lately; `None` where that is not known.
    pub lately: Option<(usize, usize)>,
}

/// A table's file that has lost too many rows.
#[derive(Clone, Debug)]
pub struct Shrunk {
    /// The file with too few.
    pub file: Arc<File>,
    /// As it was before.
    pub before: (Role, Arc<File>),
    /// Rows before and now, as the lookup reads them that says so.
    pub rows_before: usize,
    pub rows: usize,
    /// The most rows it had lately, at least those before.
    pub most: usize,
    /// What it may lose at once, and the fewest rows that are taken.
    pub shrink: Shrink,
    /// The lookup that says so.
    pub lookup: usize,
}

/// The tables that lost more rows than they may: each file once, as the first lookup finds it. `tables` are those of the
/// lookups. A file that was not there before, or that the lookups cannot read as it was, has lost nothing.
/// Who loses rows again is compared with the most there were lately, as long as the file is read as it was then.
#[must_use]
pub fn shrunk(lookups: &[Lookup], tables: &Tables, before: &Before, shrink: Shrink) -> Vec<Shrunk> {
    let mut found: Vec<Shrunk> = Vec::new();
    let changed = |source: &TableSource| {
        let (_, file) = source.file.as_ref()?;
        let old = before.get(&file.name)?;
        (old.file != *file).then(|| (old.role, Arc::clone(&old.file)))
    };
    let mut sources = lookups.iter().filter_map(|lookup| match &lookup.source {
        Source::Table(source) => Some(source),
        Source::Remote(_) => None,
    });
    if !sources.any(|source| changed(source).is_some()) {
        return found;
    }
    let as_before: Vec<Lookup> = lookups.iter().map(|lookup| of_file(lookup, changed)).collect();
    let tables_before = Tables::load(&as_before, &mut Report::default());
    for (n, lookup) in lookups.iter().enumerate() {
        let Source::Table(source) = &lookup.source else { continue };
        let (Some((_, file)), Some(old)) = (&source.file, changed(source)) else { continue };
        let (Some(rows_before), Some(rows)) = (tables_before.rows(n), tables.rows(n)) else { continue };
        let shrink = source.size.shrink.unwrap_or(shrink);
        let is_known = found.iter().any(|shrunk| shrunk.file.name == file.name);
        let lately = before.get(&file.name).and_then(|before| before.lately);
        let most =
            lately.filter(|(rows, _)| *rows == rows_before).map_or(rows_before, |(_, most)| most.max(rows_before));
        if !is_known && rows < rows_before && !shrink.allows(most, rows) {
            found.push(Shrunk { file: Arc::clone(file), before: old, rows_before, rows, most, shrink, lookup: n });
        }
    }
    found
}

/// The lookups with other files.
#[must_use]
pub fn with_files(lookups: &[Lookup], files: &[Shrunk]) -> Vec<Lookup> {
    let before = |source: &TableSource| {
        let (_, file) = source.file.as_ref()?;
        let shrunk = files.iter().find(|shrunk| shrunk.file.name == file.name)?;
        Some((shrunk.before.0, Arc::clone(&shrunk.before.1)))
    };
    lookups.iter().map(|lookup| of_file(lookup, before)).collect()
}

/// The lookup with another file, if there is one for it.
fn of_file(lookup: &Lookup, file: impl FnOnce(&TableSource) -> Option<(Role, Arc<File>)>) -> Lookup {
    let mut lookup = lookup.clone();
    if let Source::Table(source) = &mut lookup.source
        && let Some(file) = file(source)
    {
        source.file = Some(file);
    }
    lookup
}
