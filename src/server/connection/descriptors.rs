//! Raises the limit of file descriptors of this process, and limits connections to what the descriptors allow.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files that hookgate itself may have open: its log, rules, outbox, what it asks and what it sends to.
const RESERVED: u64 = 512;
/// The connection's own, and the one by which the idle timeout cuts it.
const OF_A_CONNECTION: u64 = 2;

/// As many of the `wanted` connections as there are file descriptors for; says so in the log where that is fewer.
pub fn connections_within_reach(wanted: usize) -> usize {
    let files = raised();
    let reach = within(files, wanted);
    if reach < wanted {
        let need = (wanted as u64).saturating_mul(OF_A_CONNECTION).saturating_add(RESERVED);
        tracing::warn!(
            files,
            connections = reach,
            "`limits.connections` is {wanted}, but this process may not have enough files open for so many; fewer are \
             taken. Start it with `ulimit -n {need}` or more"
        );
    }
    reach
}

fn within(files: u64, wanted: usize) -> usize {
    let reach = files.saturating_sub(RESERVED.min(files / 2)) / OF_A_CONNECTION;
    wanted.min(usize::try_from(reach).unwrap_or(usize::MAX)).max(1)
}

/// The limit of open files, after it was raised as far as it may be without privileges.
fn raised() -> u64 {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    match setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        Ok(()) => maximum.unwrap_or(u64::MAX),
        Err(_) => current.unwrap_or(u64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_takes_two_files_and_some_are_left_for_the_rest() {
        assert_eq!(within(1_048_576, 10_000), 10_000);
        assert_eq!(within(20_512, 10_000), 10_000);
        assert_eq!(within(20_000, 10_000), 9_744);
        assert_eq!(within(64, 10_000), 16);
        assert_eq!(within(1, 10_000), 1);
    }

    #[test]
    fn the_limit_is_raised_to_what_is_allowed() {
        let files = raised();
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        assert_eq!((current.unwrap_or(u64::MAX), current), (files, maximum));
    }
}
