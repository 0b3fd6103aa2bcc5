//! Files as they were read, and places in them.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::budget::Budget;
use super::shown::escaped_page;

/// A file as it was read. Also stands for what is no file but was written by a person: an environment variable, a flag.
pub struct File {
    /// The name a person knows it by.
    pub name: String,
    /// Without a byte order mark. Of a workbook's sheet: a line a row.
    pub text: String,
    /// What was read, where it is no text as it stands; `text` is empty then.
    pub bytes: Vec<u8>,
    /// The sheet of a workbook whose rows the text has.
    pub sheet: Option<String>,
    /// What its reading may hold in memory, together with other files; nothing where nobody counts.
    pub budget: Option<Arc<Budget>>,
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
        Self { name: name.into(), text, bytes: Vec::new(), sheet: None, budget: None, line_starts: OnceLock::new() }
    }

    /// A file that is no text as it stands.
    #[must_use]
    pub fn of_bytes(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self { bytes, ..Self::new(name, "") }
    }

    /// A sheet of a workbook, with a line of text for each of its rows.
    #[must_use]
    pub fn of_sheet(name: impl Into<String>, sheet: impl Into<String>, text: impl Into<String>) -> Self {
        Self { sheet: Some(sheet.into()), ..Self::new(name, text) }
    }

    /// The same file, whose reading counts here.
    #[must_use]
    pub fn within(self, budget: Option<&Arc<Budget>>) -> Self {
        Self { budget: budget.map(Arc::clone), ..self }
    }

    /// What the file holds: its bytes, or its text in UTF-8.
    #[must_use]
    pub fn content(&self) -> &[u8] {
        if self.bytes.is_empty() { self.text.as_bytes() } else { &self.bytes }
    }

    /// The name without the folders before it.
    #[must_use]
    pub fn short_name(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or_default()
    }

    /// Whether it holds nothing but a table, which may be about people.
    pub(super) fn is_table(&self) -> bool {
        let is_of = |kind: &str| self.name.len() > kind.len() && self.name.to_ascii_lowercase().ends_with(kind);
        self.sheet.is_some() || is_of(".csv") || is_of(".json")
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
        (&self.name, &self.sheet, &self.text, &self.bytes) == (&other.name, &other.sheet, &other.text, &other.bytes)
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

    /// The column of the first character where the line is shown, in which a character may be written as its number.
    pub(super) fn shown_column(&self) -> usize {
        let start = self.whole_characters().start;
        let before = self.file.text.get(..start).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        escaped_page(line).chars().count() + 1
    }

    /// The line of the first character, counted from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.file.line_starts().partition_point(|start| *start <= self.span.start).max(1)
    }

    /// The span, widened where it ends inside a character.
    pub(super) fn whole_characters(&self) -> Range<usize> {
        let text = &self.file.text;
        let end = if self.span.end < text.len() { text.ceil_char_boundary(self.span.end) } else { self.span.end };
        text.floor_char_boundary(self.span.start)..end
    }

    /// `file:line`, as editors understand it; in a workbook `file, sheet NAME, row 7`.
    #[must_use]
    pub fn file_line(&self) -> String {
        match &self.file.sheet {
            Some(sheet) => format!("{}, sheet {sheet}, row {}", self.file.name, self.line()),
            None => format!("{}:{}", self.file.name, self.line()),
        }
    }
}
