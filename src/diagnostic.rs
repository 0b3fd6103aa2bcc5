//! What is wrong with something a person wrote: where, what, and what to write instead; as text, JSON or GitHub annotations.

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde_json::json;

/// A file as it was read. Also stands for what is no file but was written by a person: an environment variable, a flag.
pub struct File {
    /// The name a person knows it by.
    pub name: String,
    pub text: String,
    /// Where each line begins; found when the first place is shown.
    line_starts: OnceLock<Vec<usize>>,
}

impl File {
    /// A file of this name with this text, of which a byte order mark is no part.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let mut text = text.into();
        let marks = text.len() - text.trim_start_matches('\u{feff}').len();
        text.drain(..marks);
        Self { name: name.into(), text, line_starts: OnceLock::new() }
    }

    /// The name without the folders before it.
    #[must_use]
    pub fn short_name(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or_default()
    }

    fn line_starts(&self) -> &[usize] {
        self.line_starts.get_or_init(|| {
            let after = self.text.match_indices('\n').map(|(newline, _)| newline + 1);
            std::iter::once(0).chain(after).collect()
        })
    }
}

impl std::fmt::Debug for File {
    /// The name alone: a text of settings may have a credential in it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "File({})", self.name)
    }
}

impl PartialEq for File {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, &self.text) == (&other.name, &other.text)
    }
}

impl Eq for File {}

/// Bytes of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub file: Arc<File>,
    pub span: Range<usize>,
}

impl Place {
    /// Line and column of the first character, both counted from 1.
    #[must_use]
    pub fn line_column(&self) -> (usize, usize) {
        let line = self.line();
        let line_start = self.file.line_starts().get(line - 1).copied().unwrap_or_default();
        let column =
            self.file.text.get(line_start..self.whole_characters().start).map_or(0, |before| before.chars().count());
        (line, column + 1)
    }

    /// The line of the first character, counted from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.file.line_starts().partition_point(|start| *start <= self.span.start).max(1)
    }

    /// The span, widened where it ends inside a character.
    fn whole_characters(&self) -> Range<usize> {
        let text = &self.file.text;
        let end = if self.span.end < text.len() { text.ceil_char_boundary(self.span.end) } else { self.span.end };
        text.floor_char_boundary(self.span.start)..end
    }

    /// `file:line`, as editors understand it.
    #[must_use]
    pub fn file_line(&self) -> String {
        format!("{}:{}", self.file.name, self.line())
    }
}

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

/// An event that shows a finding: `hookgate dry-run` decides it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    pub hook: String,
    /// What is changed in the hook's sample, as `dry-run --set` takes it.
    pub changes: Vec<String>,
    /// The application id of the path.
    pub app: Option<String>,
    /// The whole body.
    pub body: String,
    /// Whether the hook has a sample; without one, `dry-run` is handed the body.
    pub is_of_sample: bool,
}

impl Example {
    /// The command that shows it, for a shell.
    #[must_use]
    pub fn command(&self) -> String {
        let mut words = vec!["hookgate".to_owned(), "dry-run".to_owned(), quoted(&self.hook)];
        match self.is_of_sample {
            true => words.extend(self.changes.iter().map(|change| format!("--set {}", quoted(change)))),
            false => words.push("-".to_owned()),
        }
        words.extend(self.app.iter().map(|app| format!("--app {}", quoted(app))));
        let command = words.join(" ");
        if self.is_of_sample { command } else { format!("echo {} | {command}", quoted(&self.body)) }
    }

    fn to_json(&self) -> serde_json::Value {
        let body: serde_json::Value = serde_json::from_str(&self.body).unwrap_or_default();
        json!({ "hook": self.hook, "app": self.app, "set": self.changes, "body": body, "command": self.command() })
    }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_=:.,/@+%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
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

    /// For people: the source line with the words underlined.
    #[must_use]
    pub fn to_text(&self, styled: bool) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(&*self.message).id(self.code.id);
        let mut group = Group::with_title(title);
        if let Some(place) = &self.place {
            group = group.element(snippet(place, &self.label, AnnotationKind::Primary));
        }
        for (place, what) in &self.related {
            group = group.element(snippet(place, what, AnnotationKind::Context));
        }
        for help in &self.help {
            group = group.element(Level::HELP.message(&**help));
        }
        if let Some(example) = &self.example {
            group = group.element(Level::NOTE.with_name("example").message(example.command()));
        }
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[group])
    }

    /// For programs: one JSON object.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let place = |place: &Place| {
            let (line, column) = place.line_column();
            json!({ "file": place.file.name, "line": line, "column": column })
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
        let message = escape_data(&format!("{}{help}{example}", self.message));
        let _ = write!(out, "title={}::{message}", self.code.id);
        out
    }

    /// By severity-independent reading order: file, then position.
    fn sort_key(&self) -> (Option<(&str, usize)>, &'static str) {
        (self.place.as_ref().map(|place| (&*place.file.name, place.span.start)), self.code.id)
    }
}

fn snippet<'a>(
    place: &'a Place,
    label: &'a str,
    kind: AnnotationKind,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let mut annotation = kind.span(place.whole_characters());
    if !label.is_empty() {
        annotation = annotation.label(label);
    }
    Snippet::source(&*place.file.text).path(&*place.file.name).fold(true).annotation(annotation)
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

    /// Whether anything in it is a mistake, not only a warning.
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
        self.findings.iter().map(|finding| finding.to_text(styled) + "\n").collect::<Vec<_>>().join("\n")
    }
}

/// The candidate a person most likely meant.
#[must_use]
pub fn did_you_mean<'c>(written: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let lower = written.to_lowercase();
    let close = |candidate: &&str| {
        let distance = strsim::damerau_levenshtein(&lower, &candidate.to_lowercase());
        distance <= 1 + written.chars().count() / 4
    };
    let best = candidates.into_iter().filter(close);
    best.min_by_key(|candidate| strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()))
}
