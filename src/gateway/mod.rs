//! Answers events with the rules in force, and replaces these rules while it runs.
//!
//! - How is an event answered? `handle.rs`, with the rules of `live.rs`; one that has to ask outside: `rounds.rs`.
//! - When is the folder read? `reload/reloader.rs`; what a look leads to: `reload/attempt.rs`; how rules come into
//!   force: `reload/loader.rs`.
//! - What serves where a start finds a mistake, and what can be gone back to? `state/sets.rs`; the note of a
//!   rollback: `state/rolled_back.rs`; where rules in force come from: `reload/origin.rs`.
//! - What if a table loses its rows? `state/keeper.rs`, `state/kept.rs`, `state/rows.rs`; over a restart:
//!   `state/tables.rs`.
//! - How is a record decided again? `replay.rs`, with the facts of `recorded_facts.rs`.
//! - What does the log say of an event? `log.rs`; its spans: `spans.rs`; counts: `tally.rs`, `metrics.rs`; warnings
//!   of the rules: `warnings.rs`.

mod handle;
mod live;
mod log;
mod metrics;
mod recorded_facts;
mod reload;
mod replay;
mod rounds;
mod settings;
mod spans;
mod state;
mod tally;
mod warnings;

pub use handle::{Answered, Gateway, Outside, Reply};
pub use live::Live;
pub use recorded_facts::TableRows;
pub use reload::{
    Came, Change, Failure, Happened, Hints, Loaded, Loader, Note, Origin, Pace, ReloadGuard, ReloadHandle, Reloader,
    STACK_BYTES, Started, Status, Watch, WatchedPaths, reload_on_hangup, seen_of,
};
pub use replay::{Again, Cannot, Decided, Difference, Replay};
pub use rounds::{Allowance, settle};
pub use settings::{Settings, StateAt};
pub use state::{InTable, Keeper, Kept, KeptSet, NoSet, RolledBack, SETS_LIMIT_BYTES, Sets};
pub use warnings::Warnings;
