//! Formats the fields of a log line: cut to a limit, and escaped so that no value can begin a line, field or colour.

use std::fmt::{self, Debug, Write};

use tracing::field::{Field, Visit};

use super::figure;
use super::person::{People, Shown};
use crate::diagnostic::escape;

/// Most bytes of one value that are written; what is cut ends in `…`.
pub const VALUE_LIMIT_BYTES: usize = 1024;

/// Names of a JSON line that belong to the line itself.
const RESERVED: [&str; 4] = ["time", "level", "target", "spans"];

/// An event with a field of this name has a message of several lines that hookgate laid out itself. The field is not written.
pub const LAID_OUT: &str = "laid_out";
/// A whole number in a field of this name is a time in microseconds; it is written in milliseconds, with three decimals.
const MILLISECONDS: &str = "ms";
/// A text in a field of this name names a person, and is written as the setting `log.person` says.
const PERSON: &str = "person";
/// What stands before every line of a message but its first, in text.
const INDENT: &str = "\n    ";

/// The texts that a line is gathered in; they keep their room for the next line.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// Escaped, without quotes.
    pub(super) message: String,
    /// ` key=value` or `,"key":value`, as often as there are fields.
    pub(super) others: String,
    /// A value that is formatted on its way.
    formatted: String,
}

impl Gathered {
    pub(super) fn clear(&mut self) {
        self.message.clear();
        self.others.clear();
    }
}

/// Gathers the fields of an event or a span as text, each with what separates it from the one before.
#[derive(Debug)]
pub(super) struct Fields<'g> {
    pub(super) is_json: bool,
    /// Whether a message keeps its lines, each of them indented so that none looks like another event.
    pub(super) is_laid_out: bool,
    pub(super) people: &'g People,
    pub(super) gathered: &'g mut Gathered,
}

impl Fields<'_> {
    /// The name of a field, which stands in the program and needs no escaping.
    fn key(&mut self, name: &str) {
        let others = &mut self.gathered.others;
        let (before, behind) = match self.is_json {
            true if RESERVED.contains(&name) => (",\"_", "\":"),
            true => (",\"", "\":"),
            false => (" ", "="),
        };
        others.push_str(before);
        others.push_str(name);
        others.push_str(behind);
    }

    fn text(&mut self, name: &str, value: &str) {
        let cut = cut(value);
        let ellipsis = if cut.len() < value.len() { "…" } else { "" };
        match name {
            "message" => self.message(cut, ellipsis),
            PERSON => match self.people.shown(value) {
                Shown::Nothing => {}
                Shown::Name => self.value(name, cut, ellipsis),
                Shown::Digest(digest) => self.digest(name, digest),
            },
            _ => self.value(name, cut, ellipsis),
        }
    }

    fn message(&mut self, value: &str, ellipsis: &str) {
        let message = &mut self.gathered.message;
        if self.is_laid_out && !self.is_json {
            for (n, line) in value.trim_end_matches('\n').split('\n').enumerate() {
                message.push_str(if n > 0 { INDENT } else { "" });
                escape(line, false, message);
            }
        } else {
            escape(value, self.is_json, message);
        }
        message.push_str(ellipsis);
    }

    fn value(&mut self, name: &str, value: &str, ellipsis: &str) {
        self.key(name);
        let others = &mut self.gathered.others;
        let is_word = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-' | b'.' | b':' | b'/');
        if !self.is_json && ellipsis.is_empty() && !value.is_empty() && value.bytes().all(is_word) {
            others.push_str(value);
            return;
        }
        others.push('"');
        escape(value, true, others);
        others.push_str(ellipsis);
        others.push('"');
    }

    fn digest(&mut self, name: &str, digest: u64) {
        self.key(name);
        let quote = if self.is_json { "\"" } else { "" };
        self.gathered.others.push_str(quote);
        figure::hexadecimal(digest, &mut self.gathered.others);
        self.gathered.others.push_str(quote);
    }

    /// A value that needs no quotes.
    fn bare(&mut self, name: &str, value: impl fmt::Display) {
        self.key(name);
        let _ = write!(self.gathered.others, "{value}");
    }

    /// A whole number.
    pub(super) fn whole(&mut self, name: &str, value: u64) {
        self.key(name);
        match name {
            MILLISECONDS => figure::thousandths(value, &mut self.gathered.others),
            _ => figure::whole(value, &mut self.gathered.others),
        }
    }
}

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let mut formatted = std::mem::take(&mut self.gathered.formatted);
        formatted.clear();
        // Ends with an error as soon as the limit is passed, so that a huge value is not written out first.
        let _ = write!(Limited(&mut formatted), "{value:?}");
        self.text(field.name(), &formatted);
        self.gathered.formatted = formatted;
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field.name(), value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.bare(field.name(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.whole(field.name(), value);
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

/// As much of a text as is written.
fn cut(text: &str) -> &str {
    match text.len() > VALUE_LIMIT_BYTES {
        true => text.get(..text.floor_char_boundary(VALUE_LIMIT_BYTES)).unwrap_or_default(),
        false => text,
    }
}

/// Takes text in until there is more of it than is written.
struct Limited<'t>(&'t mut String);

impl Write for Limited<'_> {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        let room = VALUE_LIMIT_BYTES.saturating_sub(self.0.len());
        if part.len() <= room {
            self.0.push_str(part);
            return Ok(());
        }
        // One letter more than is written tells that there is more.
        let end = part.ceil_char_boundary(room + 1);
        self.0.push_str(part.get(..end).unwrap_or_default());
        Err(fmt::Error)
    }
}
