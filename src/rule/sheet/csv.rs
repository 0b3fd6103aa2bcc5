//! Reads CSV into cells that know their places.
//!
//! Quotes are read strictly: a reader that guesses what a stray quote means swallows rows.

use std::ops::Range;
use std::sync::Arc;

use super::cells::{Cell, has_content, span_of, typed};
use crate::diagnostic::{Budget, Diagnostic, File, Place, Report, Spent, code};
use crate::yaml::{CELL_BYTES, ROW_BYTES, beyond};

/// The separators that are told by the header, in the order in which they are preferred.
const SEPARATORS: [char; 3] = [',', ';', '\t'];

/// What a quote is that has no partner.
enum BadQuote {
    /// Opened at this byte.
    NeverClosed(usize),
    /// Opened and closed, with text behind it.
    TextBehind { opened: Range<usize>, text: Range<usize> },
    /// No quote: with this cell more would be held than may be.
    Spent(usize, Spent),
}

/// The file with `\n` at the end of every line, and itself where it has no other line breaks.
pub(super) fn with_plain_lines(file: Arc<File>) -> Arc<File> {
    match file.text.contains('\r') {
        true => {
            let text = file.text.replace("\r\n", "\n").replace('\r', "\n");
            Arc::new(File::new(&*file.name, text).within(file.budget.as_ref()))
        }
        false => file,
    }
}

/// The rows of a file with plain lines, of whatever length; `None` where a quote leaves open where cells end.
pub(super) fn records(file: &Arc<File>, report: &mut Report) -> Option<Vec<Vec<Cell>>> {
    let (separator, start) = separator(&file.text);
    let budget = file.budget.as_deref();
    let mut scan = Scan { text: &file.text, at: start, separator, odd: Vec::new(), budget };
    let mut records = Vec::new();
    while scan.at < file.text.len() {
        match scan.record() {
            Ok(record) => records.push(record),
            Err(bad) => {
                report.findings.extend(told(bad, file));
                return None;
            }
        }
    }
    let width = records.iter().find(|record| has_content(record)).map_or(0, Vec::len);
    let odd = std::mem::take(&mut scan.odd);
    odd.into_iter().for_each(|span| report.push(kept_quote(file, span)));
    if let Some(cell) = records.iter().flatten().find(|cell| swallows_rows(cell, separator, width)) {
        report.push(swallowed(file, cell));
    }
    let last_line = file.text.rsplit('\n').next().unwrap_or_default();
    if let Some(last) = records.last().filter(|_| !last_line.trim_matches(' ').is_empty()) {
        report.push(unfinished(file, span_of(last)));
    }
    Some(records)
}

/// The separator, and where the rows begin: behind `sep=;`, or at the start.
fn separator(text: &str) -> (char, usize) {
    let first = text.split('\n').next().unwrap_or_default();
    let bare = first.trim_matches('"');
    let said = bare.get(..4).filter(|word| word.eq_ignore_ascii_case("sep=")).and_then(|_| bare.get(4..));
    let mut behind = said.unwrap_or_default().chars();
    let is_separator = |c: &char| *c == '\t' || (c.is_ascii_punctuation() && *c != '"');
    if let (Some(separator), "") = (behind.next().filter(is_separator), behind.as_str().trim()) {
        return (separator, (first.len() + 1).min(text.len()));
    }
    let mut counts = [0; SEPARATORS.len()];
    let mut is_quoted = false;
    let says_something = |c: char| !c.is_whitespace() && !SEPARATORS.contains(&c);
    let header = text.split_inclusive('\n').skip_while(|line| !line.contains(says_something)).flat_map(str::chars);
    for c in header.take_while(move |c| {
        is_quoted ^= *c == '"';
        is_quoted || *c != '\n'
    }) {
        SEPARATORS.iter().zip(&mut counts).filter(|(known, _)| **known == c).for_each(|(_, count)| *count += 1);
    }
    let most = counts.iter().max().copied().unwrap_or_default();
    let found = SEPARATORS.into_iter().zip(counts).find(|(_, count)| *count == most);
    (found.map_or(',', |(separator, _)| separator), 0)
}

struct Scan<'t> {
    text: &'t str,
    at: usize,
    separator: char,
    /// Cells that are not quoted and have a quote without a partner in them.
    odd: Vec<Range<usize>>,
    budget: Option<&'t Budget>,
}

impl Scan<'_> {
    /// The cells up to the end of a line, which is passed.
    fn record(&mut self) -> Result<Vec<Cell>, BadQuote> {
        let mut record = Vec::new();
        self.hold(ROW_BYTES)?;
        loop {
            let cell = self.cell()?;
            self.hold(CELL_BYTES + cell.text.len())?;
            record.push(cell);
            let next = self.rest().chars().next();
            self.at += next.map_or(0, char::len_utf8);
            if next != Some(self.separator) {
                return Ok(record);
            }
        }
    }

    fn hold(&self, bytes: usize) -> Result<(), BadQuote> {
        let held = self.budget.map_or(Ok(()), |budget| budget.hold(bytes));
        held.map_err(|spent| BadQuote::Spent(self.at, spent))
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The bytes up to the next separator or line break.
    fn to_end_of_cell(&self) -> usize {
        self.rest().find([self.separator, '\n']).unwrap_or(self.rest().len())
    }

    fn cell(&mut self) -> Result<Cell, BadQuote> {
        let is_space = |c: char| c.is_whitespace() && c != '\n' && c != self.separator;
        let before = self.rest().len() - self.rest().trim_start_matches(is_space).len();
        self.at += before;
        if self.rest().starts_with('"') {
            return self.quoted();
        }
        let length = self.to_end_of_cell();
        let written = self.rest().get(..length).unwrap_or_default().trim_end();
        let span = self.at..self.at + written.len();
        let text = typed(written);
        if text.matches('"').count() % 2 == 1 {
            self.odd.push(span.clone());
        }
        self.at += length;
        Ok(Cell { text, span })
    }

    fn quoted(&mut self) -> Result<Cell, BadQuote> {
        let opened = self.at;
        let mut inside = String::new();
        self.at += 1;
        loop {
            let Some(length) = self.rest().find('"') else { return Err(BadQuote::NeverClosed(opened)) };
            inside += self.rest().get(..length).unwrap_or_default();
            self.at += length + 1;
            if !self.rest().starts_with('"') {
                break;
            }
            inside.push('"');
            self.at += 1;
        }
        let closed = self.at;
        let length = self.to_end_of_cell();
        let behind = self.rest().get(..length).unwrap_or_default();
        if !behind.trim().is_empty() {
            return Err(BadQuote::TextBehind {
                opened: opened..closed,
                text: closed..closed + behind.trim_end().len(),
            });
        }
        self.at += length;
        Ok(Cell { text: typed(&inside), span: opened..closed })
    }
}

/// Whether a cell with line breaks reads as if whole rows had come into it.
fn swallows_rows(cell: &Cell, separator: char, width: usize) -> bool {
    let is_row = |line: &str| line.matches(separator).count() >= width.saturating_sub(1);
    width > 1 && cell.text.split('\n').skip(1).any(is_row)
}

fn told(bad: BadQuote, file: &Arc<File>) -> Option<Diagnostic> {
    let place = |span: Range<usize>| Place { file: Arc::clone(file), span };
    let help = "a quote within quotes is written twice: `\"5\"\" pipe\"`";
    Some(match bad {
        BadQuote::Spent(at, spent) => {
            let limit = file.budget.as_ref().filter(|_| spent.is_news)?.limit();
            beyond(place(at.saturating_sub(1)..at), limit)
        }
        BadQuote::NeverClosed(opened) => {
            let message = "this quote is never closed, so that all rows after it would become one cell";
            let finding = Diagnostic::error(&code::BAD_QUOTE, place(opened..opened + 1), message);
            finding.label("opened here").help("close it where the cell ends").help(help)
        }
        BadQuote::TextBehind { opened, text } => {
            let is_one_line = !file.text.get(opened.clone()).unwrap_or_default().contains('\n');
            let finding = match is_one_line {
                true => Diagnostic::error(&code::BAD_QUOTE, place(text), "there is text after a closing quote"),
                false => {
                    let message = "this quote is closed only some lines below, and there is text after it";
                    let opening = place(opened.start..opened.start + 1);
                    let finding = Diagnostic::error(&code::BAD_QUOTE, opening, message).label("opened here");
                    finding.related(place(opened.end - 1..text.end), "closed here").help("close it where the cell ends")
                }
            };
            finding.help(help)
        }
    })
}

fn kept_quote(file: &Arc<File>, span: Range<usize>) -> Diagnostic {
    let place = Place { file: Arc::clone(file), span };
    let finding =
        Diagnostic::error(&code::BAD_QUOTE, place, "this cell has an opening or closing quote without the other one")
            .warning();
    finding.label("read as a part of the value").help("put the cell into quotes, and write each quote within it twice")
}

fn swallowed(file: &Arc<File>, cell: &Cell) -> Diagnostic {
    let place = Place { file: Arc::clone(file), span: cell.span.clone() };
    let message = "this cell has line breaks, and the text after them looks like rows of the table";
    let finding = Diagnostic::error(&code::BAD_QUOTE, place, message).warning();
    finding.help("check for a missing or extra quote; rows inside a cell are not read as rows")
}

fn unfinished(file: &Arc<File>, span: Range<usize>) -> Diagnostic {
    let place = Place { file: Arc::clone(file), span };
    let message = format!("the last line of `{}` has no line break at its end: it may be cut off", file.short_name());
    let finding = Diagnostic::error(&code::MAY_BE_CUT_OFF, place, message).warning();
    finding.help("see whether the file is complete, and end its last line with a line break")
}
