//! Writes what `hookgate docs` says of rules as parts of a page.

use maud::{Markup, html};

use crate::report::docs::{Block, Inline, Item, Line, Table};

/// Blocks one below the other. `to` says where a link to a heading of the whole page leads.
pub(in crate::console) fn blocks<'b>(
    blocks: impl IntoIterator<Item = &'b Block>,
    to: &dyn Fn(&str) -> String,
) -> Markup {
    html! { @for block in blocks { (self::block(block, to)) } }
}

fn block(block: &Block, to: &dyn Fn(&str) -> String) -> Markup {
    html! {
        @match block {
            // A rule's own name stands in the page's heading.
            Block::Heading(..) => {}
            Block::Paragraph(words) => p.said { (line(words, to)) },
            Block::List(points) => ul { (items(points, to)) },
            Block::Numbered(points) => ol { (items(points, to)) },
            Block::Code(code) => pre tabindex="0" { code { (code.trim_end()) } },
            Block::Table(rows) => (table(rows, &[], to)),
        }
    }
}

fn items(points: &[Item], to: &dyn Fn(&str) -> String) -> Markup {
    html! {
        @for point in points {
            li {
                (line(&point.line, to))
                @if let Some(code) = &point.code { pre tabindex="0" { code { (code.trim_end()) } } }
                @if !point.inner.is_empty() { ul { (items(&point.inner, to)) } }
            }
        }
    }
}

/// A table whose rows have names to link to, of which some are marked, counted from 0.
pub(in crate::console) fn table(table: &Table, marked: &[usize], to: &dyn Fn(&str) -> String) -> Markup {
    html! {
        div.wide role="region" aria-label="Table" tabindex="0" {
            table.grid {
                thead { tr { @for cell in &table.head { th scope="col" { (line(cell, to)) } } } }
                tbody {
                    @for (number, cells) in table.rows.iter().enumerate() {
                        @let is_marked = marked.contains(&number);
                        tr id={ "row-" (number + 1) } aria-current=[is_marked.then_some("true")] {
                            @for (column, cell) in cells.iter().enumerate() {
                                @if column == 0 {
                                    th scope="row" { (line(cell, to)) @if is_marked { " ◂ holds" } }
                                } @else { td dir="auto" { (line(cell, to)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Words in a row.
pub(in crate::console) fn line(line: &Line, to: &dyn Fn(&str) -> String) -> Markup {
    html! {
        @for inline in &line.0 {
            @match inline {
                Inline::Text(words) => (words),
                Inline::Code(words) => @if !words.is_empty() { code { (words) } },
                Inline::Strong(words) => strong { (words) },
                Inline::Link(words, name) => a href=(to(name)) { (words) },
            }
        }
    }
}
