//! Counts the memory that loading rules holds, and ends a load that would hold too much.
//!
//! Each reader counts the values that it is about to make, by sizes measured on the formats as they are
//! (`tests/memory.rs` compares loads with their counts). What is counted is the worst moment: the tree of a YAML file
//! beside what it is compiled to, a table's cells beside its rows.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, File, Place, Report, code};

/// What all files of a rules folder may hold together where no setting says otherwise, in bytes: twice as much fits the 256
/// MiB of the deployments, for the rules in force stay while others are loaded.
pub const MEMORY_BYTES: usize = 64 << 20;

/// A value of a YAML tree, and an entry of a mapping beside its value, in bytes, without their texts.
pub const NODE_BYTES: usize = 80;
pub const ENTRY_BYTES: usize = 140;
/// What a rule file is compiled to, in parts of its tree.
pub const COMPILED_SHARE: usize = 1;
/// A cell of a table, and a row of one, in bytes, without their texts.
pub const CELL_BYTES: usize = 200;
pub const ROW_BYTES: usize = 320;
/// What a cell of a decision table is compiled to, in bytes, without its text.
pub const RULE_CELL_BYTES: usize = 600;
/// What a letter of a script is compiled to, in bytes.
pub const SCRIPT_SHARE: usize = 64;
/// A rule in the index of one hook, in bytes.
pub const INDEXED_BYTES: usize = 600;
/// What the automaton of a pattern takes, in parts of the program's limit: as itself, backwards, in the index, and built
/// while texts are matched.
pub const PATTERN_SHARE: usize = 8;

/// Counts so many bytes for what stands at `span` of a file. `None` when all files together would hold more than they may: told
/// once, at the first place where that shows; what follows ends too.
#[must_use]
pub fn hold(file: &Arc<File>, bytes: usize, span: &Range<usize>, report: &mut Report) -> Option<()> {
    let Some(budget) = &file.budget else { return Some(()) };
    match budget.hold(bytes) {
        Ok(()) => Some(()),
        Err(spent) => {
            if spent.is_news {
                report.push(beyond(Place { file: Arc::clone(file), span: span.clone() }, budget.limit()));
            }
            None
        }
    }
}

/// The mistake of a load that would hold too much from this place on.
#[must_use]
pub fn beyond(place: Place, limit_bytes: usize) -> Diagnostic {
    let limit = limit_bytes >> 20;
    let name = place.file.short_name();
    let message = format!("loaded up to here, the rules hold more than {limit} MiB of memory in all");
    let help = format!(
        "make `{name}` smaller: fewer rows and columns that no rule reads, fewer aliases (`*name`) of long values, patterns \
         that repeat less; or ask a database in place of a table"
    );
    let or = "or raise `reload.memory_bytes`: the gateway needs it twice, for the rules in force stay while others are loaded";
    Diagnostic::error(&code::OVER_BUDGET, place, message).help(help).help(or)
}
