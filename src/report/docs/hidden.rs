//! Takes secrets that rules have written out from a page.

use super::page::{Block, Inline, Item, Line, Page};
use crate::report::secrets::Secrets;
use crate::rule::RuleSet;

/// The page with `(hidden)` in the place of each secret that a rule gives, or compares with.
pub fn hide(page: &mut Page, set: &RuleSet) {
    let secrets = Secrets::of(set);
    page.blocks.iter_mut().for_each(|block| of_block(block, &secrets));
}

fn of_block(block: &mut Block, secrets: &Secrets) {
    match block {
        Block::Heading(_, line, _) | Block::Paragraph(line) => of_line(line, secrets),
        Block::List(items) | Block::Numbered(items) => items.iter_mut().for_each(|item| of_item(item, secrets)),
        Block::Code(code) => *code = secrets.hide(code),
        Block::Table(table) => {
            table.head.iter_mut().chain(table.rows.iter_mut().flatten()).for_each(|cell| of_line(cell, secrets));
        }
    }
}

fn of_item(item: &mut Item, secrets: &Secrets) {
    of_line(&mut item.line, secrets);
    item.code.iter_mut().for_each(|code| *code = secrets.hide(code));
    item.inner.iter_mut().for_each(|inner| of_item(inner, secrets));
}

fn of_line(line: &mut Line, secrets: &Secrets) {
    for inline in &mut line.0 {
        match inline {
            Inline::Text(text) | Inline::Code(text) | Inline::Strong(text) | Inline::Link(text, _) => {
                *text = secrets.hide(text);
            }
        }
    }
}
