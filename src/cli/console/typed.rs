//! Reads a password: typed twice at a terminal that does not show it, or as the first line of standard input.

use std::io::{BufRead as _, IsTerminal as _, Read as _, Write as _, stderr, stdin};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};

use crate::cli::exit::Failure;

/// Longest line that is read, in bytes.
const LINE_LIMIT_BYTES: u64 = 4096;

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
        tcsetattr(stdin(), OptionalActions::Flush, &silent).map_err(failed)?;
        Ok(Self(before))
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        let _ = tcsetattr(stdin(), OptionalActions::Now, &self.0);
    }
}
