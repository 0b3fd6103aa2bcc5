//! Formats one log event as one line: text for people, JSON for programs.

use std::cell::Cell;
use std::fmt;

use jiff::Timestamp;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::{LookupSpan, Scope};

use super::field::{Fields, Gathered, LAID_OUT};
use super::figure::Clock;
use super::person::People;
use crate::diagnostic::escape;

/// The part of the program that tells of lines that are missing.
const MISSING: &str = "hookgate::log";
/// Most memory of a thread that is kept for its next line, in bytes a text.
const KEPT_BYTES: usize = 16 << 10;

/// Writes lines of one format.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) is_json: bool,
    /// Of text; JSON has none.
    pub(super) has_colours: bool,
    pub(super) people: People,
}

/// What a thread keeps from line to line, so that a line needs no memory of its own.
#[derive(Debug, Default)]
struct Scratch {
    gathered: Gathered,
    spans: String,
    line: String,
    clock: Clock,
}

thread_local! {
    static SCRATCH: Cell<Option<Box<Scratch>>> = const { Cell::new(None) };
}

/// Lends the thread's own. A value that logs while it is written gets another.
fn with_scratch<T>(act: impl FnOnce(&mut Scratch) -> T) -> T {
    let mut scratch = SCRATCH.take().unwrap_or_default();
    scratch.gathered.clear();
    scratch.spans.clear();
    scratch.line.clear();
    let outcome = act(&mut scratch);
    if scratch.line.capacity() <= KEPT_BYTES {
        SCRATCH.set(Some(scratch));
    }
    outcome
}

impl<'w> FormatFields<'w> for Line {
    fn format_fields<R: RecordFields>(&self, mut writer: Writer<'w>, fields: R) -> fmt::Result {
        with_scratch(|scratch| {
            fields.record(&mut self.fields(&mut scratch.gathered));
            writer.write_str(&scratch.gathered.others)
        })
    }

    fn add_fields(&self, current: &'w mut FormattedFields<Self>, fields: &tracing::span::Record<'_>) -> fmt::Result {
        self.format_fields(current.as_writer(), fields)
    }
}

impl<S> FormatEvent<S, Line> for Line
where
    S: Subscriber + for<'l> LookupSpan<'l>,
{
    fn format_event(&self, ctx: &FmtContext<'_, S, Line>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        with_scratch(|scratch| {
            let mut fields = self.fields(&mut scratch.gathered);
            fields.is_laid_out = event.metadata().fields().field(LAID_OUT).is_some();
            event.record(&mut fields);
            for span in ctx.event_scope().into_iter().flat_map(Scope::from_root) {
                let extensions = span.extensions();
                let inner = extensions.get::<FormattedFields<Line>>().map_or("", |fields| fields.fields.as_str());
                self.span(span.name(), inner, &mut scratch.spans);
            }
            self.write(scratch, *event.metadata().level(), event.metadata().target());
            writer.write_str(&scratch.line)
        })
    }
}

impl Line {
    fn fields<'g>(&'g self, gathered: &'g mut Gathered) -> Fields<'g> {
        Fields { is_json: self.is_json, is_laid_out: false, people: &self.people, gathered }
    }

    /// The line that stands where `lines` others could not be written.
    pub(super) fn missing(&self, lines: u64) -> String {
        let mut scratch = Scratch::default();
        scratch.gathered.message.push_str("log lines dropped");
        self.fields(&mut scratch.gathered).whole("lines", lines);
        self.write(&mut scratch, Level::WARN, MISSING);
        scratch.line
    }

    /// Puts the line together from what was gathered.
    fn write(&self, scratch: &mut Scratch, level: Level, target: &str) {
        // The log's own time is the machine's: it says when the line was written, not when the event happened.
        let time = Timestamp::now();
        match self.is_json {
            true => json(scratch, time, level, target),
            false => self.text(scratch, time, level, target),
        }
    }

    fn span(&self, name: &str, fields: &str, out: &mut String) {
        match self.is_json {
            true => {
                out.push_str(if out.is_empty() { "{\"name\":\"" } else { ",{\"name\":\"" });
                escape(name, true, out);
                out.push('"');
                out.push_str(fields);
                out.push('}');
            }
            false => out.push_str(fields),
        }
    }

    fn text(&self, scratch: &mut Scratch, time: Timestamp, level: Level, target: &str) {
        let Scratch { gathered, spans, line, clock } = scratch;
        let (start, dim, end) = match self.has_colours {
            true => (colour(level), "\u{1b}[2m", "\u{1b}[0m"),
            false => ("", "", ""),
        };
        line.push_str(dim);
        clock.time(time, line);
        for part in [end, " ", start, in_five_columns(level), end, " ", dim, target, ":", end, " "] {
            line.push_str(part);
        }
        for part in [&gathered.message, &gathered.others, &*spans, "\n"] {
            line.push_str(part);
        }
    }
}

fn json(scratch: &mut Scratch, time: Timestamp, level: Level, target: &str) {
    let Scratch { gathered, spans, line, clock } = scratch;
    line.push_str("{\"time\":\"");
    clock.time(time, line);
    for part in ["\",\"level\":\"", in_small_letters(level), "\",\"target\":\"", target] {
        line.push_str(part);
    }
    for part in ["\",\"message\":\"", &gathered.message, "\"", &gathered.others] {
        line.push_str(part);
    }
    if !spans.is_empty() {
        for part in [",\"spans\":[", spans, "]"] {
            line.push_str(part);
        }
    }
    line.push_str("}\n");
}

fn in_small_letters(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        _ => "trace",
    }
}

fn in_five_columns(level: Level) -> &'static str {
    match level {
        Level::ERROR => "ERROR",
        Level::WARN => " WARN",
        Level::INFO => " INFO",
        Level::DEBUG => "DEBUG",
        _ => "TRACE",
    }
}

fn colour(level: Level) -> &'static str {
    match level {
        Level::ERROR => "\u{1b}[31m",
        Level::WARN => "\u{1b}[33m",
        Level::INFO => "\u{1b}[32m",
        Level::DEBUG => "\u{1b}[34m",
        _ => "\u{1b}[35m",
    }
}
