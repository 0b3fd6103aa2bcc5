//! Tests what else would keep `serve` from starting or working, by the code that `serve` starts with.

use super::tried::Wrong;
use crate::config::Settings;
use crate::journal::{Masters, obstacle};
use crate::server::{Login, admin_obstacle, is_taken, obstacles};

/// Something of gateway.yaml that cannot be used as it is, by its name.
#[derive(Clone, Debug)]
pub struct Obstacle {
    pub name: &'static str,
    pub wrong: Wrong,
    pub consequence: Consequence,
}

/// Something that is worth knowing and keeps nothing from working as the settings say.
#[derive(Clone, Debug)]
pub struct Note {
    pub name: &'static str,
    pub message: String,
    pub help: &'static str,
}

/// What comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consequence {
    NoStart,
    NoRecords,
}

impl Consequence {
    /// How a sentence about it begins.
    #[must_use]
    pub fn told(self) -> &'static str {
        match self {
            Self::NoStart => "`hookgate serve` would not start",
            Self::NoRecords => "`hookgate serve` would record no decision",
        }
    }
}

/// All of it.
pub fn looked_at(settings: &Settings) -> Vec<Obstacle> {
    let of_server = obstacles(&settings.server, &settings.tenant.hooks).into_iter().map(|error| {
        let wrong = Wrong { message: error.to_string(), help: error.help().map(str::to_owned) };
        Obstacle { name: "serve", wrong, consequence: Consequence::NoStart }
    });
    let of_admin = admin_obstacle(&settings.server.admin).map(|error| {
        let wrong = Wrong { message: error.to_string(), help: Some(error.help().to_owned()) };
        Obstacle { name: "admin", wrong, consequence: Consequence::NoStart }
    });
    of_server.chain(of_admin).chain(journal(settings)).collect()
}

/// An address at which something listens: hookgate itself, if it runs.
fn taken(settings: &Settings) -> Option<Note> {
    let listen = settings.server.listen;
    let message = || format!("something listens on `{listen}`: hookgate, if it runs, else another program");
    let help = "where hookgate does not run, stop the other program, or let `listen` name another port";
    is_taken(&settings.server).then(|| Note { name: "listen", message: message(), help })
}

/// A console that nobody switched off, and that is not there; an address that is taken.
pub fn notes(settings: &Settings) -> Vec<Note> {
    let admin = &settings.server.admin;
    let is_wanted = admin.console && admin.listen.is_some();
    let why = Login::obstacle(admin).filter(|_| is_wanted);
    let console = why.iter().map(|why| Note { name: "console", message: why.to_string(), help: why.help() });
    console.chain(taken(settings)).collect()
}

/// A key of the journal that is named and cannot be used, or a file that cannot be written. A key that is made at the start is no
/// obstacle.
fn journal(settings: &Settings) -> Option<Obstacle> {
    let (file, journal) = (settings.journal.file.as_ref()?, &settings.journal);
    let of_key = Some(&journal.keys).filter(|keys| !keys.is_empty());
    let of_key = of_key.and_then(|keys| Masters::existing(keys, file).err());
    let is_needed = of_key.is_some() || journal.is_durable;
    let trouble = of_key.or_else(|| obstacle(file))?;
    let consequence = if is_needed { Consequence::NoStart } else { Consequence::NoRecords };
    let wrong = Wrong { message: trouble.message, help: Some(trouble.help) };
    Some(Obstacle { name: "journal", wrong, consequence })
}
