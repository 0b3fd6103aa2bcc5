//! Files as they were read, and places in them.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::budget::Budget;
use super::shown::escaped_page;

/// How many bytes of a text are counted anew to find a line, at most.
const BLOCK_BYTES: usize = 4 << 10;

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
    /// Whether its lines are shown to nobody, since they hold secrets.
    pub is_hidden: bool,
    /// How many lines end before each block of the text; counted when the first place is shown.
    lines_before: OnceLock<Vec<u32>>,
}

impl File {
    /// A file of this name with this text, of which a byte order mark is no part.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let mut text = text.into();
        let marks = text.len() - text.trim_start_matches('\u{feff}').len();
        text.drain(..marks);
        Self {
            name: name.into(),
            text,
            bytes: Vec::new(),
            sheet: None,
            budget: None,
            is_hidden: false,
            lines_before: OnceLock::new(),
        }
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

    /// The same file, whose lines are shown to nobody.
    #[must_use]
    pub fn hidden(self, is_hidden: bool) -> Self {
        Self { is_hidden, ..self }
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

    /// How many lines end before a byte. What is kept for it takes a thousandth of the text, however many lines that has.
    fn lines_before(&self, at: usize) -> usize {
        let text = self.text.as_bytes();
        let blocks = self.lines_before.get_or_init(|| {
            let after = text.chunks(BLOCK_BYTES).scan(0, |lines, block| {
                *lines += u32::try_from(line_ends(block)).unwrap_or(u32::MAX);
                Some(*lines)
            });
            std::iter::once(0).chain(after).collect()
        });
        let at = at.min(text.len());
        let block = at / BLOCK_BYTES;
        let before = blocks.get(block).copied().unwrap_or_default();
        before as usize + text.get(block * BLOCK_BYTES..at).map_or(0, line_ends)
    }
}

fn line_ends(bytes: &[u8]) -> usize {
    bytes.iter().map(|byte| usize::from(*byte == b'\n')).sum()
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
        let before = self.file.text.get(..self.whole_characters().start).unwrap_or_default();
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count();
        (self.line(), column + 1)
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
        self.file.lines_before(self.span.start) + 1
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_are_those_of_counting_from_the_beginning() {
        for line in ["", "a", "äß\u{1f511}", &"long ".repeat(3000)] {
            for end in ["\n", "\r\n"] {
                let text = [line, end].concat().repeat(20_000 / (line.len() + end.len()) + 3);
                let file = Arc::new(File::new("a", &*text));
                for at in (0..=text.len() + 2).step_by(97).chain(text.len().saturating_sub(3)..text.len() + 2) {
                    let before = text.get(..text.floor_char_boundary(at)).unwrap();
                    let place = Place { file: Arc::clone(&file), span: at..at };
                    let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
                    assert_eq!(place.line_column(), (before.matches('\n').count() + 1, column), "{at}");
                }
            }
        }
    }

    #[test]
    fn what_is_kept_to_find_lines_is_small_however_many_there_are() {
        let file = Arc::new(File::new("a", "\n".repeat(1 << 20)));
        let place = Place { file: Arc::clone(&file), span: 1 << 20..1 << 20 };
        assert_eq!(place.line(), (1 << 20) + 1);
        assert!(file.lines_before.get().unwrap().capacity() * size_of::<u32>() <= 1 << 12);
    }
}
