//! The running whole: the rule set in force, the events it answers, and its replacement while it runs.

mod handle;
mod hangup;
mod keeper;
mod kept;
mod line;
mod live;
mod look;
mod measured;
mod recorded_facts;
mod reload;
mod reload_handle;
mod replay;
mod rounds;
mod rows;
mod settings;
mod spanned;
mod state;
mod tally;
mod warnings;
mod watch;

pub use handle::{Answered, Gateway, Outside, Reply};
pub use hangup::reload_on_hangup;
pub use keeper::Keeper;
pub use kept::{InTable, Kept};
pub use live::Live;
pub use reload::{Change, Loaded, Pace, ReloadGuard, Reloader};
pub use reload_handle::{Failure, Hints, ReloadHandle, Status};
pub use replay::{Again, Cannot, Difference, Replay};
pub use rounds::{Allowance, Deciding, settle};
pub use settings::{Settings, StateAt};
pub use warnings::Warnings;
pub use watch::{Places, Watch};
