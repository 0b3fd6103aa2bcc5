//! Writes a page as GitHub Markdown, in which no written text can become markup.

use std::fmt::Write as _;

use crate::diagnostic::escaped;
use crate::report::docs::{Block, Inline, Item, Line, Page, Table};

/// Signs that are markup wherever they stand in a line. No line begins with words of a person.
const MARKUP: &str = r"\`*_{}[]<>#|~&$";

pub fn write(page: &Page) -> String {
    let mut out = format!("# {}\n", text(&page.title));
    for block in &page.blocks {
        out.push('\n');
        match block {
            Block::Heading(level, words, name) => {
                let name = name.as_ref().map_or_else(String::new, |name| format!("<a id=\"{name}\"></a>"));
                let _ = writeln!(out, "{} {name}{}", "#".repeat(usize::from(*level)), line(words));
            }
            Block::Paragraph(words) => out += &(line(words) + "\n"),
            Block::List(points) => items(&mut out, points, "", |_| "- ".to_owned()),
            Block::Numbered(points) => items(&mut out, points, "", |n| format!("{}. ", n + 1)),
            Block::Code(code) => fenced(&mut out, code, ""),
            Block::Table(rows) => table(&mut out, rows),
        }
    }
    out
}

fn items(out: &mut String, points: &[Item], indent: &str, mark: fn(usize) -> String) {
    for (n, item) in points.iter().enumerate() {
        let mark = mark(n);
        let _ = writeln!(out, "{indent}{mark}{}", line(&item.line));
        let indent = format!("{indent}{}", " ".repeat(mark.len()));
        if let Some(code) = &item.code {
            out.push('\n');
            fenced(out, code, &indent);
        }
        items(out, &item.inner, &indent, |_| "- ".to_owned());
    }
}

/// A block of code between fences longer than any within.
fn fenced(out: &mut String, code: &str, indent: &str) {
    let fence = "`".repeat(longest_run(code).max(2) + 1);
    let _ = writeln!(out, "{indent}{fence}");
    for line in code.lines() {
        let _ = writeln!(out, "{}", format!("{indent}{}", plain(line, '\t')).trim_end());
    }
    let _ = writeln!(out, "{indent}{fence}");
}

fn table(out: &mut String, table: &Table) {
    row(out, &table.head);
    let _ = writeln!(out, "|{}", "---|".repeat(table.head.len()));
    table.rows.iter().for_each(|cells| row(out, cells));
}

fn row(out: &mut String, cells: &[Line]) {
    out.push('|');
    for cell in cells {
        let _ = write!(out, " {} |", in_cell(cell));
    }
    out.push('\n');
}

/// In a cell a bar ends it, within code too.
fn in_cell(cell: &Line) -> String {
    let write = |inline: &Inline| match inline {
        Inline::Code(words) => code(words).replace('|', "\\|"),
        other => self::inline(other),
    };
    cell.0.iter().map(write).collect()
}

fn line(line: &Line) -> String {
    line.0.iter().map(inline).collect()
}

fn inline(inline: &Inline) -> String {
    match inline {
        Inline::Text(words) => text(words),
        Inline::Code(words) => code(words),
        Inline::Strong(words) => format!("**{}**", text(words)),
        Inline::Link(words, name) => format!("[{}](#{name})", text(words)),
    }
}

/// Words, of which no sign is markup.
fn text(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in plain(words, ' ').chars() {
        if MARKUP.contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    // Readers of Markdown make links of addresses by themselves, and nobody has seen where these lead.
    out.replace("://", "\\://").replace("www.", "www\\.")
}

/// Code within a line, between more backticks than it has side by side.
fn code(words: &str) -> String {
    let words = plain(words, ' ');
    if words.is_empty() {
        return String::new();
    }
    let fence = "`".repeat(longest_run(&words) + 1);
    let needs_space = words.starts_with(['`', ' ']) || words.ends_with(['`', ' ']);
    let space = if needs_space { " " } else { "" };
    format!("{fence}{space}{words}{space}{fence}")
}

/// On one line and without characters that are not seen; `kept` stays.
fn plain(words: &str, kept: char) -> String {
    let line = |words: &str| escaped(&words.replace(['\n', '\r', '\t'], " ")).into_owned();
    words.split(kept).map(line).collect::<Vec<_>>().join(&kept.to_string())
}

fn longest_run(words: &str) -> usize {
    words.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}
