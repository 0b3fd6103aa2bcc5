//! Writes a page as one HTML file without scripts or external files, for screen, paper and dark mode.

use std::fmt::Write as _;

use crate::diagnostic::{escaped, escaped_page};
use crate::report::docs::{Block, Inline, Item, Line, Page, Table};

/// How it looks.
const STYLE: &str = include_str!("page.css");

pub fn write(page: &Page) -> String {
    let title = text(&page.title);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
    );
    page.blocks.iter().for_each(|block| self::block(&mut out, block));
    out + "</main>\n</body>\n</html>\n"
}

fn block(out: &mut String, block: &Block) {
    let _ = match block {
        Block::Heading(level, words, name) => {
            let name = name.as_ref().map_or_else(String::new, |name| format!(" id=\"{}\"", text(name)));
            writeln!(out, "<h{level}{name}>{}</h{level}>", line(words))
        }
        Block::Paragraph(words) => writeln!(out, "<p>{}</p>", line(words)),
        Block::List(points) => writeln!(out, "<ul>\n{}</ul>", items(points)),
        Block::Numbered(points) => writeln!(out, "<ol>\n{}</ol>", items(points)),
        Block::Code(code) => writeln!(out, "{}", code_block(code)),
        Block::Table(rows) => writeln!(out, "{}", table(rows)),
    };
}

fn items(points: &[Item]) -> String {
    let item = |item: &Item| {
        let code = item.code.as_deref().map_or_else(String::new, code_block);
        let inner = if item.inner.is_empty() { String::new() } else { format!("\n<ul>\n{}</ul>", items(&item.inner)) };
        format!("<li>{}{code}{inner}</li>\n", line(&item.line))
    };
    points.iter().map(item).collect()
}

/// A script; the keyboard reaches it, for it may have to be scrolled.
fn code_block(code: &str) -> String {
    format!("<pre tabindex=\"0\"><code>{}</code></pre>", markup_free(&escaped_page(code.trim_end())))
}

fn table(table: &Table) -> String {
    let mut out = String::from("<div class=\"wide\" tabindex=\"0\"><table>\n<thead><tr>");
    for cell in &table.head {
        let _ = write!(out, "<th scope=\"col\">{}</th>", line(cell));
    }
    out += "</tr></thead>\n<tbody>\n";
    for cells in &table.rows {
        out += "<tr>";
        for (n, cell) in cells.iter().enumerate() {
            let _ = match n {
                0 => write!(out, "<th scope=\"row\">{}</th>", line(cell)),
                _ => write!(out, "<td>{}</td>", line(cell)),
            };
        }
        out += "</tr>\n";
    }
    out + "</tbody>\n</table></div>"
}

fn line(line: &Line) -> String {
    let inline = |inline: &Inline| match inline {
        Inline::Text(words) => text(words),
        Inline::Code(words) if words.is_empty() => String::new(),
        Inline::Code(words) => format!("<code>{}</code>", text(words)),
        Inline::Strong(words) => format!("<strong>{}</strong>", text(words)),
        Inline::Link(words, name) => format!("<a href=\"#{}\">{}</a>", text(name), text(words)),
    };
    line.0.iter().map(inline).collect()
}

/// Words on one line, in text and in attributes; what no page may hold is shown as its number.
fn text(words: &str) -> String {
    markup_free(&escaped(&words.replace(['\n', '\r', '\t'], " ")))
}

fn markup_free(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            c => out.push(c),
        }
    }
    out
}
