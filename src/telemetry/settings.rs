//! The settings of the log, with those of traces.

use std::fmt;

use super::person::Person;
use super::traces;
use tracing_subscriber::filter::{LevelFilter, Targets};

/// The settings of the log and of traces; gateway.yaml explains each.
#[derive(Clone, Debug)]
pub struct Settings {
    pub level: Levels,
    pub format: Format,
    /// Most memory that lines take which are not written yet; more are dropped and counted.
    pub buffer_bytes: usize,
    /// How people are named.
    pub person: Person,
    pub traces: traces::Settings,
}

impl Settings {
    /// Most bytes of lines that wait, with those of warnings and errors.
    #[must_use]
    pub fn most_buffered_bytes(&self) -> usize {
        self.buffer_bytes.saturating_add(self.buffer_bytes / 4)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            level: Levels::default(),
            format: Format::default(),
            buffer_bytes: 4 << 20,
            person: Person::default(),
            traces: traces::Settings::default(),
        }
    }
}

/// The shape of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Text at a terminal, JSON otherwise.
    #[default]
    Auto,
    Text,
    Json,
}

impl Format {
    /// Every format with the word that gateway.yaml uses for it.
    pub const ALL: [(&'static str, Format); 3] =
        [("auto", Format::Auto), ("text", Format::Text), ("json", Format::Json)];
}

/// Which events are written: a level for all, and levels for parts of the program.
#[derive(Clone, Debug, PartialEq)]
pub struct Levels {
    written: String,
    targets: Targets,
}

/// Why a text names no levels, and what was probably meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotLevels {
    pub message: String,
    pub help: String,
}

const WORDS: [(&str, LevelFilter); 6] = [
    ("off", LevelFilter::OFF),
    ("error", LevelFilter::ERROR),
    ("warn", LevelFilter::WARN),
    ("info", LevelFilter::INFO),
    ("debug", LevelFilter::DEBUG),
    ("trace", LevelFilter::TRACE),
];

impl Levels {
    /// Reads `info`, or `info,hookgate::gateway=debug`. Where no level for all is named, it is `off`.
    ///
    /// # Errors
    /// When a level is none of the six words, or a part's name has characters that no name has.
    pub fn read(text: &str) -> Result<Self, NotLevels> {
        let mut targets = quiet_libraries();
        for directive in text.split(',').map(str::trim) {
            targets = match directive.split_once('=') {
                None => targets.with_default(level(directive)?),
                Some((target, word)) => targets.with_target(name(target.trim())?, level(word.trim())?),
            };
        }
        Ok(Self { written: text.to_owned(), targets })
    }

    /// The same as a filter of events.
    #[must_use]
    pub fn targets(&self) -> Targets {
        self.targets.clone()
    }
}

/// The HTTP library tells of its own start and of each malformed request, and that of NATS of each connection, which the
/// gateway does better; naming a library in the setting brings it back.
fn quiet_libraries() -> Targets {
    Targets::new()
        .with_target("actix_server", LevelFilter::WARN)
        .with_target("actix_http", LevelFilter::OFF)
        .with_target("async_nats", LevelFilter::OFF)
}

impl Default for Levels {
    fn default() -> Self {
        Self { written: "info".to_owned(), targets: quiet_libraries().with_default(LevelFilter::INFO) }
    }
}

impl fmt::Display for Levels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

fn level(word: &str) -> Result<LevelFilter, NotLevels> {
    let found = WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
    found.map(|(_, level)| *level).ok_or_else(|| NotLevels {
        message: format!("`{word}` is not a level of the log"),
        help: "write off, error, warn, info, debug or trace, or `info,hookgate::gateway=debug`".to_owned(),
    })
}

fn name(target: &str) -> Result<&str, NotLevels> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':');
    if !target.is_empty() && target.chars().all(is_name) {
        return Ok(target);
    }
    let help = "a part is named as the log names it, for example `hookgate::gateway`".to_owned();
    Err(NotLevels { message: format!("`{target}` is not part of the program"), help })
}
