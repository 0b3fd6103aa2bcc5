//! Maps a position in a scalar's text to its place in the file, so that a mistake in a template is underlined there.

use std::ops::Range;

use super::tree::{Content, Node, Style};

/// Where `range` of the node's text stands in the file; the whole node when the text is not written as it reads
/// (escapes, folded lines).
#[must_use]
pub fn within(file_text: &str, node: &Node, range: Range<usize>) -> Range<usize> {
    let Content::Scalar { text, style } = &node.content else { return node.span.clone() };
    let found = match style {
        Style::Block => in_block(file_text, node, text, range.start),
        Style::Plain | Style::Quoted => in_line(file_text, node, text, range.start),
    };
    let length = range.end.saturating_sub(range.start).max(1);
    found.map_or_else(|| node.span.clone(), |start| start..(start + length).min(file_text.len()))
}

/// The byte of `text` at which a line and column (both from 1, columns in characters) stand.
#[must_use]
pub fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let rest = text.get(before..).unwrap_or_default();
    let in_line = rest.char_indices().nth(column.saturating_sub(1)).map_or(rest.trim_end().len(), |(at, _)| at);
    before + in_line
}

fn in_line(file_text: &str, node: &Node, text: &str, offset: usize) -> Option<usize> {
    let written = file_text.get(node.span.clone())?;
    let quote = usize::from(written.starts_with(['"', '\'']));
    written.get(quote..)?.starts_with(text).then_some(node.span.start + quote + offset)
}

fn in_block(file_text: &str, node: &Node, text: &str, offset: usize) -> Option<usize> {
    let line_number = text.get(..offset)?.matches('\n').count();
    let line_start_in_text = text.get(..offset)?.rfind('\n').map_or(0, |newline| newline + 1);
    let line = text.get(line_start_in_text..)?.lines().next().unwrap_or_default();
    let mut at = content_start(file_text, node)?;
    for _ in 0..line_number {
        at += file_text.get(at..)?.find('\n')? + 1;
    }
    let written = file_text.get(at..)?.lines().next().unwrap_or_default();
    let indent = written.len().checked_sub(line.len())?;
    written.ends_with(line).then_some(at + indent + offset - line_start_in_text)
}

/// Where the first line of a block scalar's text begins: behind the line that has the `|`.
fn content_start(file_text: &str, node: &Node) -> Option<usize> {
    let written = file_text.get(node.span.start..)?;
    match written.starts_with(['|', '>']) {
        true => Some(node.span.start + written.find('\n')? + 1),
        false => Some(file_text.get(..node.span.start)?.rfind('\n')? + 1),
    }
}
