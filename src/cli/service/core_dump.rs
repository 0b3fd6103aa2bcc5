//! Prevents core dumps, and keeps other processes of the same user from reading this process's memory.

use tracing::debug;

/// Switches core dumps off for this process, and on Linux tracing by others; where the system does not allow that, goes on.
pub fn switch_off() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit { current: Some(0), maximum: Some(0) };
        if let Err(error) = setrlimit(Resource::Core, none) {
            debug!(%error, "core dumps cannot be switched off");
        }
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
            debug!(%error, "the process stays open to tracing by its own user");
        }
    }
}
