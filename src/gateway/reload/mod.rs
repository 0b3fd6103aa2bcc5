//! Replaces the rules while the gateway runs: what changed in the folder is tried, and comes into force or is refused.

mod attempt;
mod change;
mod failure;
mod handle;
mod history;
mod loader;
mod look;
mod origin;
mod reloader;
mod sighup;
mod watch;

pub use change::{Change, Loaded, Started};
pub use failure::Failure;
pub use handle::{Hints, ReloadHandle, Status};
pub use history::{Came, Happened};
pub use loader::Loader;
pub use look::seen_of;
pub use origin::{Note, Origin};
pub use reloader::{Pace, ReloadGuard, Reloader, STACK_BYTES};
pub use sighup::reload_on_hangup;
pub use watch::{Watch, WatchedPaths};
