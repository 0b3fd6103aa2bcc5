//! A finding: code, place, message and help; and a report of many, as text, JSON or GitHub annotations.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde_json::json;
use std::fmt::Write as _;
use std::ops::Range;

use super::example::Example;
use super::file::{File, Place};
use super::shown::{escaped, escaped_page};

/// A kind of mistake, never used for another: `hookgate explain H101` prints its text.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    pub id: &'static str,
    pub title: &'static str,
    /// What it means, an example, what to write instead; Markdown.
    pub text: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// One finding.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    pub code: &'static Code,
    pub severity: Severity,
    /// What is wrong: lower case, no full stop, the person's own words in backticks.
    pub message: String,
    pub place: Option<Place>,
    /// What stands under the underlined words.
    pub label: String,
    /// Other places that have to do with it, and what each has.
    pub related: Vec<(Place, String)>,
    /// What to write instead.
    pub help: Vec<String>,
    /// An event that shows it.
    pub example: Option<Example>,
}

impl Diagnostic {
    /// A mistake at a place.
    pub fn error(code: &'static Code, place: Place, message: impl Into<String>) -> Self {
        Self { place: Some(place), ..Self::nowhere(code, message) }
    }

    /// A mistake that has no place in a file.
    pub fn nowhere(code: &'static Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            place: None,
            label: String::new(),
            related: Vec::new(),
            help: Vec::new(),
            example: None,
        }
    }

    /// The same under another code.
    #[must_use]
    pub fn with_code(mut self, code: &'static Code) -> Self {
        self.code = code;
        self
    }

    /// The same, as a warning.
    #[must_use]
    pub fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// What stands under the underlined words.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// What to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Another place that has to do with it.
    #[must_use]
    pub fn related(mut self, place: Place, what: impl Into<String>) -> Self {
        self.related.push((place, what.into()));
        self
    }

    /// For people: the source line with the words underlined, unless its file holds secrets.
    #[must_use]
    pub fn to_text(&self, styled: bool) -> String {
        self.rendered(styled, &|file| !file.is_hidden)
    }

    /// For the log: the same without the rows of tables, which are about people.
    #[must_use]
    pub fn to_log(&self) -> String {
        self.rendered(false, &|file| !file.is_table())
    }

    fn rendered(&self, styled: bool, is_shown: &dyn Fn(&File) -> bool) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(escaped(&self.message)).id(self.code.id);
        let mut group = Group::with_title(title);
        let places = self.place.iter().map(|place| (place, &self.label, AnnotationKind::Primary));
        let related = self.related.iter().map(|(place, what)| (place, what, AnnotationKind::Context));
        for (place, what, kind) in places.chain(related) {
            let is_shown = is_shown(&place.file);
            group = match is_shown {
                true => group.element(snippet(place, what, kind)),
                false => group.element(Origin::path(place.file_line())),
            };
        }
        for help in &self.help {
            group = group.element(Level::HELP.message(escaped(help)));
        }
        if let Some(example) = &self.example {
            group = group.element(Level::NOTE.with_name("example").message(example.command()));
        }
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
        let places = self.place.iter().chain(self.related.iter().map(|(place, _)| place));
        places.fold(renderer.render(&[group]), |text, place| {
            let (line, column) = place.line_column();
            let shown = place.shown_column();
            match &place.file.sheet {
                // What the renderer puts behind a path is no place in a workbook.
                Some(_) => text.replace(&format!("{}:{line}:{shown}", place.file_line()), &place.file_line()),
                // It counts what it shows.
                None if shown != column => {
                    let name = escaped(&place.file.name);
                    text.replace(&format!("{name}:{line}:{shown}"), &format!("{name}:{line}:{column}"))
                }
                None => text,
            }
        })
    }

    /// For programs: one JSON object.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let place = |place: &Place| {
            let (line, column) = place.line_column();
            match &place.file.sheet {
                Some(sheet) => json!({ "file": place.file.name, "sheet": sheet, "line": line, "column": column }),
                None => json!({ "file": place.file.name, "line": line, "column": column }),
            }
        };
        json!({
            "code": self.code.id,
            "severity": self.severity.word(),
            "message": self.message,
            "place": self.place.as_ref().map(place),
            "label": self.label,
            "related": self.related.iter().map(|(at, what)| json!({ "place": place(at), "what": what })).collect::<Vec<_>>(),
            "help": self.help,
            "example": self.example.as_ref().map(Example::to_json),
        })
    }

    /// For GitHub: one workflow command.
    #[must_use]
    pub fn to_github(&self) -> String {
        let mut out = format!("::{} ", self.severity.word());
        if let Some(place) = &self.place {
            let (line, column) = place.line_column();
            let _ = write!(out, "file={},line={line},col={column},", escape_property(&place.file.name));
        }
        let help = self.help.iter().fold(String::new(), |all, help| all + "\nhelp: " + help);
        let example =
            self.example.as_ref().map_or_else(String::new, |example| format!("\nexample: {}", example.command()));
        // GitHub shows no rows of a workbook.
        let row = self.place.iter().filter(|place| place.file.sheet.is_some());
        let row: String = row.map(|place| place.file_line() + ": ").collect();
        let message = escape_data(&format!("{row}{}{help}{example}", self.message));
        let _ = write!(out, "title={}::{message}", self.code.id);
        out
    }

    /// By severity-independent reading order: file, then position.
    fn sort_key(&self) -> (Option<(&str, &str, usize)>, &'static str) {
        let spot = self
            .place
            .as_ref()
            .map(|place| (&*place.file.name, place.file.sheet.as_deref().unwrap_or_default(), place.span.start));
        (spot, self.code.id)
    }
}

fn snippet<'a>(
    place: &'a Place,
    label: &'a str,
    kind: AnnotationKind,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    // Only the lines that are shown are handed over: a file with thousands of mistakes is not read anew for each.
    let text = &*place.file.text;
    let span = place.whole_characters();
    // Behind the last line break there is no line that could be shown.
    let span = span.start.min(text.trim_end_matches(['\n', '\r']).len())..span.end;
    let start = text.get(..span.start).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    let behind = span.end.max(span.start).min(text.len());
    let end = text.get(behind..).and_then(|rest| rest.find('\n')).map_or(text.len(), |newline| behind + newline + 1);
    let shown = text.get(start..end).unwrap_or_default();
    let line = Place { file: std::sync::Arc::clone(&place.file), span: start..start }.line();
    let part = |range: Range<usize>| escaped_page(shown.get(range).unwrap_or_default());
    let (before, inside) = (part(0..span.start - start), part(span.start - start..span.end - start));
    let after = part(span.end - start..shown.len());
    let mut annotation = kind.span(before.len()..before.len() + inside.len());
    if !label.is_empty() {
        annotation = annotation.label(escaped(label));
    }
    let shown = format!("{before}{inside}{after}");
    let path = if place.file.sheet.is_some() { place.file_line() } else { place.file.name.clone() };
    Snippet::source(shown).line_start(line).path(escaped(&path).into_owned()).fold(true).annotation(annotation)
}

/// GitHub's escapes for the text of a workflow command.
fn escape_data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// GitHub's escapes for a property of a workflow command.
fn escape_property(text: &str) -> String {
    escape_data(text).replace(':', "%3A").replace(',', "%2C")
}

/// All findings of a run, collected so that every mistake is told at once.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub findings: Vec<Diagnostic>,
}

impl Report {
    /// Takes in a finding.
    pub fn push(&mut self, finding: Diagnostic) {
        self.findings.push(finding);
    }

    /// Whether anything in it is a mistake.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// How many findings of this severity it has.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// Puts the findings in reading order and drops repetitions.
    pub fn sort(&mut self) {
        self.findings.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
        self.findings.dedup_by(|a, b| a.sort_key() == b.sort_key() && a.message == b.message);
    }

    /// Every finding as text, an empty line between them.
    #[must_use]
    pub fn to_text(&self, styled: bool) -> String {
        self.to_text_of(self.findings.len(), styled)
    }

    /// The same of the first so many.
    #[must_use]
    pub fn to_text_of(&self, most: usize, styled: bool) -> String {
        self.findings.iter().take(most).map(|finding| finding.to_text(styled) + "\n").collect::<Vec<_>>().join("\n")
    }

    /// The same for the log, without the rows of tables.
    #[must_use]
    pub fn to_log(&self) -> String {
        self.findings.iter().map(|finding| finding.to_log() + "\n").collect::<Vec<_>>().join("\n")
    }
}

/// The candidate a person most likely meant.
#[must_use]
pub fn did_you_mean<'c>(written: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let lower = written.to_lowercase();
    let close = |candidate: &&str| {
        let distance = strsim::damerau_levenshtein(&lower, &candidate.to_lowercase());
        // Of one or two letters everything is within one of everything.
        let letters = written.chars().count();
        distance <= (1 + letters / 4).min(letters.saturating_sub(1) / 2)
    };
    let best = candidates.into_iter().filter(close);
    best.min_by_key(|candidate| strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()))
}
