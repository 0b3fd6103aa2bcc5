//! Logs panics of a library on what a server sends: one line with the place, and never the message.

use std::panic::{PanicHookInfo, set_hook, take_hook};
use std::sync::Once;
use std::thread;

/// From now on a panic of a thread of this name is a line of the log with its place alone: the message of a panic often
/// quotes what it stumbled over, and that is an answer about a person.
pub fn tell_panics_of(name: &'static str) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(
            move |panic| if thread::current().name() == Some(name) { tell(panic) } else { usual(panic) },
        ));
    });
}

fn tell(panic: &PanicHookInfo<'_>) {
    let (file, line) = panic.location().map_or(("", 0), |place| (place.file(), place.line()));
    tracing::error!(target: "hookgate::lookup", file = within_library(file), line, "reading what a server sent panicked");
}

/// The library and its file: where it was unpacked, on the machine that built hookgate, says nothing.
fn within_library(file: &str) -> &str {
    let Some((before, _)) = file.rsplit_once("/src/") else { return file };
    before.rfind('/').and_then(|at| file.get(at + 1..)).unwrap_or(file)
}

#[cfg(test)]
mod tests {
    use super::within_library;

    #[test]
    fn a_place_is_told_from_the_library_on() {
        for (file, told) in [
            ("/somewhere/registry/src/index-1/ldap3-0.12.1/src/result.rs", "ldap3-0.12.1/src/result.rs"),
            ("src/lookup/ldap/source.rs", "src/lookup/ldap/source.rs"),
            ("", ""),
        ] {
            assert_eq!(within_library(file), told);
        }
    }
}
