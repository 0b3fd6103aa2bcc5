//! Reads a password: typed twice at a terminal that does not show it, or as the first line of standard input.

use std::io::{BufRead as _, IsTerminal as _, Read as _, Write as _, stderr, stdin};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::exit::Failure;

/// Longest line that is read, in bytes.
const LINE_LIMIT_BYTES: u64 = 4096;
/// The exit code after Ctrl-C, as shells have it.
const INTERRUPTED: i32 = 130;

/// The password.
///
/// # Errors
/// When there is none, the two that are typed differ, or the terminal shows what is typed.
pub fn password() -> Result<SecretString, Failure> {
    if !stdin().is_terminal() {
        return line();
    }
    let _silence = Silence::begin()?;
    let first = asked("password: ")?;
    let second = asked("again: ")?;
    if first.expose_secret() != second.expose_secret() {
        return Err(Failure::message("the two passwords differ").help("start the command again"));
    }
    Ok(first)
}

fn asked(what: &str) -> Result<SecretString, Failure> {
    let _ = write!(stderr(), "{what}").and_then(|()| stderr().flush());
    let line = line();
    // The end of line that was typed is not shown either.
    let _ = writeln!(stderr());
    line
}

fn line() -> Result<SecretString, Failure> {
    let unreadable = |error: std::io::Error| Failure::message(format!("no password can be read: {error}"));
    let mut line = Zeroizing::new(String::new());
    stdin().lock().take(LINE_LIMIT_BYTES).read_line(&mut line).map_err(unreadable)?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        let help = "type one, or hand it over on standard input: `hookgate console hash < FILE`";
        return Err(Failure::message("there is no password").help(help));
    }
    Ok(SecretString::from(password))
}

/// A terminal that does not show what is typed, until this is dropped.
struct Silence(Termios);

impl Silence {
    fn begin() -> Result<Self, Failure> {
        let failed = |error| {
            let failure = Failure::message(format!("this terminal cannot be kept from showing what is typed: {error}"));
            failure.help("hand the password over on standard input: `hookgate console hash < FILE`")
        };
        let before = tcgetattr(stdin()).map_err(failed)?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        restore_when_interrupted(before.clone()).map_err(|error| failed_to_watch(&error))?;
        tcsetattr(stdin(), OptionalActions::Flush, &silent).map_err(failed)?;
        Ok(Self(before))
    }
}

/// Ctrl-C ends the command, and leaves a terminal that shows what is typed.
fn restore_when_interrupted(before: Termios) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    // Registered before anything is hidden, on a thread that the end of the command does not wait for.
    let mut interrupted = {
        let _within = runtime.enter();
        signal(SignalKind::interrupt())?
    };
    let wait = move || {
        if runtime.block_on(interrupted.recv()).is_some() {
            let _ = tcsetattr(stdin(), OptionalActions::Now, &before);
            let _ = writeln!(stderr());
            std::process::exit(INTERRUPTED);
        }
    };
    std::thread::Builder::new().name("interrupt".to_owned()).spawn(wait).map(|_| ())
}

fn failed_to_watch(error: &std::io::Error) -> Failure {
    Failure::message(format!("the keys that end this command cannot be watched: {error}"))
        .help("hand the password over on standard input: `hookgate console hash < FILE`")
}

impl Drop for Silence {
    fn drop(&mut self) {
        let _ = tcsetattr(stdin(), OptionalActions::Now, &self.0);
    }
}
