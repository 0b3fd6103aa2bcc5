//! A mistake in a script, with its place in the script's text.

use rhai::Position;

use crate::diagnostic::Code;

/// What is wrong with a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    pub code: &'static Code,
    /// Line and column inside the text, counted from 1; the column in characters.
    pub at: Option<(usize, usize)>,
    pub message: String,
    pub help: Option<String>,
}

impl Mistake {
    pub fn new(code: &'static Code, position: Position, message: impl Into<String>) -> Self {
        Self { code, at: line_column(position), message: message.into(), help: None }
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Line and column of a position, if it has one.
pub fn line_column(position: Position) -> Option<(usize, usize)> {
    position.line().map(|line| (line, position.position().unwrap_or(1)))
}
