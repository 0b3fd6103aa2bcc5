//! One event as one line: text for people, JSON for programs.

use std::fmt::{self, Write};

use jiff::Timestamp;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::{LookupSpan, Scope};

use super::field::{Fields, LAID_OUT};
use crate::diagnostic::escape;

/// The part of the program that tells of lines that are missing.
const MISSING: &str = "hookgate::log";

/// Writes lines of one format.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) is_json: bool,
    /// Of text; JSON has none.
    pub(super) has_colours: bool,
}

impl<'w> FormatFields<'w> for Line {
    fn format_fields<R: RecordFields>(&self, mut writer: Writer<'w>, fields: R) -> fmt::Result {
        let mut gathered = Fields::new(self.is_json);
        fields.record(&mut gathered);
        writer.write_str(&gathered.others)
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
        let mut fields = Fields::new(self.is_json);
        fields.is_laid_out = event.metadata().fields().field(LAID_OUT).is_some();
        event.record(&mut fields);
        let mut spans = String::new();
        for span in ctx.event_scope().into_iter().flat_map(Scope::from_root) {
            let extensions = span.extensions();
            let inner = extensions.get::<FormattedFields<Line>>().map_or("", |fields| fields.fields.as_str());
            self.span(span.name(), inner, &mut spans);
        }
        self.write(&mut writer, (*event.metadata().level(), event.metadata().target()), &fields, &spans)
    }
}

impl Line {
    /// The line that stands where `lines` others could not be written.
    pub(super) fn missing(self, lines: u64) -> String {
        let mut fields = Fields::new(self.is_json);
        fields.message.push_str("log lines dropped");
        fields.bare("lines", lines);
        let mut out = String::new();
        // Writing into a text does not fail.
        let _ = self.write(&mut out, (Level::WARN, MISSING), &fields, "");
        out
    }

    fn write(self, out: &mut impl Write, of: (Level, &str), fields: &Fields, spans: &str) -> fmt::Result {
        // The log's own time is the machine's: it says when the line was written, not when the event happened.
        let time = Timestamp::now();
        match self.is_json {
            true => json(out, time, of, fields, spans),
            false => self.text(out, time, of, fields, spans),
        }
    }

    fn span(self, name: &str, fields: &str, out: &mut String) {
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

    fn text(
        self,
        out: &mut impl Write,
        time: Timestamp,
        of: (Level, &str),
        fields: &Fields,
        spans: &str,
    ) -> fmt::Result {
        let (level, target) = of;
        let (start, dim, end) = match self.has_colours {
            true => (colour(level), "\u{1b}[2m", "\u{1b}[0m"),
            false => ("", "", ""),
        };
        write!(out, "{dim}{time:.3}{end} {start}{level:>5}{end} {dim}{target}:{end} {}", fields.message)?;
        writeln!(out, "{}{spans}", fields.others)
    }
}

fn json(out: &mut impl Write, time: Timestamp, of: (Level, &str), fields: &Fields, spans: &str) -> fmt::Result {
    let level = of.0.as_str().to_ascii_lowercase();
    let mut target = String::new();
    escape(of.1, true, &mut target);
    write!(out, "{{\"time\":\"{time:.3}\",\"level\":\"{level}\",\"target\":\"{target}\"")?;
    write!(out, ",\"message\":\"{}\"{}", fields.message, fields.others)?;
    if !spans.is_empty() {
        write!(out, ",\"spans\":[{spans}]")?;
    }
    out.write_str("}\n")
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
