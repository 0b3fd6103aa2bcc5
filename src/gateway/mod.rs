//! Answers events with the rules in force, and replaces these rules while it runs.

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
    Change, Failure, Hints, Loaded, Loader, Note, Origin, Pace, ReloadGuard, ReloadHandle, Reloader, Started, Status,
    Watch, WatchedPaths, reload_on_hangup, seen_of,
};
pub use replay::{Again, Cannot, Decided, Difference, Replay};
pub use rounds::{Allowance, settle};
pub use settings::{Settings, StateAt};
pub use state::{InTable, Keeper, Kept, KeptSet, NoSet, RolledBack, SETS_LIMIT_BYTES, Sets};
pub use warnings::Warnings;
