//! Fields of a log line: cut to a limit, and escaped so that no value can begin a line, a field or a colour of its own.

use std::fmt::{self, Debug, Write};

use tracing::field::{Field, Visit};

use crate::diagnostic::escape;

/// Most bytes of one value that are written; what is cut ends in `…`.
pub const VALUE_LIMIT_BYTES: usize = 1024;

/// Names of a JSON line that belong to the line itself.
const RESERVED: [&str; 4] = ["time", "level", "target", "spans"];

/// An event with a field of this name has a message of several lines that hookgate laid out itself. The field is not written.
pub const LAID_OUT: &str = "laid_out";
/// What stands before every line of a message but its first, in text.
const INDENT: &str = "\n    ";

/// Gathers the fields of an event or a span as text, each with what separates it from the one before.
#[derive(Debug)]
pub(super) struct Fields {
    is_json: bool,
    /// Whether a message keeps its lines, each of them indented so that none looks like another event.
    pub(super) is_laid_out: bool,
    /// Escaped, without quotes.
    pub(super) message: String,
    /// ` key=value` or `,"key":value`, as often as there are fields.
    pub(super) others: String,
}

impl Fields {
    pub(super) fn new(is_json: bool) -> Self {
        Self { is_json, is_laid_out: false, message: String::new(), others: String::new() }
    }

    fn key(&mut self, name: &str) {
        match self.is_json {
            true => {
                let mark = if RESERVED.contains(&name) { "_" } else { "" };
                self.others.push_str(",\"");
                self.others.push_str(mark);
                escape(name, true, &mut self.others);
                self.others.push_str("\":");
            }
            false => {
                self.others.push(' ');
                escape(name, false, &mut self.others);
                self.others.push('=');
            }
        }
    }

    fn text(&mut self, field: &Field, value: &Cut) {
        if field.name() == "message" {
            let lines = value.text.trim_end_matches('\n').split('\n');
            match self.is_laid_out && !self.is_json {
                true => lines.enumerate().for_each(|(n, line)| {
                    self.message.push_str(if n > 0 { INDENT } else { "" });
                    escape(line, false, &mut self.message);
                }),
                false => escape(&value.text, self.is_json, &mut self.message),
            }
            self.message.push_str(value.ellipsis());
            return;
        }
        self.key(field.name());
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '/');
        if !self.is_json && !value.is_full && !value.text.is_empty() && value.text.chars().all(is_word) {
            self.others.push_str(&value.text);
            return;
        }
        self.others.push('"');
        escape(&value.text, true, &mut self.others);
        self.others.push_str(value.ellipsis());
        self.others.push('"');
    }

    /// A value that needs no quotes.
    pub(super) fn bare(&mut self, name: &str, value: impl fmt::Display) {
        self.key(name);
        let _ = write!(self.others, "{value}");
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let mut cut = Cut::default();
        // Ends with an error as soon as the limit is reached, so that a huge value is not written out first.
        let _ = write!(cut, "{value:?}");
        self.text(field, &cut);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let mut cut = Cut::default();
        let _ = cut.write_str(value);
        self.text(field, &cut);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.bare(field.name(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.bare(field.name(), value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        if field.name() != LAID_OUT {
            self.bare(field.name(), value);
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        match value.is_finite() {
            true => self.bare(field.name(), value),
            false => self.record_debug(field, &value),
        }
    }
}

/// Takes text in up to the limit.
#[derive(Default)]
struct Cut {
    text: String,
    is_full: bool,
}

impl Cut {
    fn ellipsis(&self) -> &'static str {
        if self.is_full { "…" } else { "" }
    }
}

impl Write for Cut {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        let room = VALUE_LIMIT_BYTES - self.text.len();
        if part.len() <= room {
            self.text.push_str(part);
            return Ok(());
        }
        self.text.push_str(part.get(..part.floor_char_boundary(room)).unwrap_or_default());
        self.is_full = true;
        Err(fmt::Error)
    }
}
