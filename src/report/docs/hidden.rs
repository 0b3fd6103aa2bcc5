//! Takes secrets that rules have written out from a page.

use super::page::{Block, Inline, Item, Line, Page};
use crate::event::secret::HIDDEN;
use crate::rule::{RuleSet, written_secrets};

/// From so many letters on a secret is taken out of longer words too.
const LONG_LETTERS: usize = 6;

/// The page with `(hidden)` in the place of each secret that a rule gives, or compares with.
pub fn hide(page: &mut Page, set: &RuleSet) {
    let mut secrets = Vec::new();
    for written in set.rules.iter().flat_map(|rule| written_secrets(rule, &set.bindings, &set.hooks.secrets)) {
        let text = written.text.expose();
        // As JSON has it, without the quotes.
        let quoted = serde_json::Value::String(text.clone()).to_string();
        secrets.push(quoted.trim_matches('"').to_owned());
        secrets.push(text);
    }
    // One that has another in it goes first.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    secrets.dedup();
    if !secrets.is_empty() {
        page.blocks.iter_mut().for_each(|block| of_block(block, &secrets));
    }
}

fn of_block(block: &mut Block, secrets: &[String]) {
    match block {
        Block::Heading(_, line, _) | Block::Paragraph(line) => of_line(line, secrets),
        Block::List(items) | Block::Numbered(items) => items.iter_mut().for_each(|item| of_item(item, secrets)),
        Block::Code(code) => of_text(code, secrets),
        Block::Table(table) => {
            table.head.iter_mut().chain(table.rows.iter_mut().flatten()).for_each(|cell| of_line(cell, secrets));
        }
    }
}

fn of_item(item: &mut Item, secrets: &[String]) {
    of_line(&mut item.line, secrets);
    item.code.iter_mut().for_each(|code| of_text(code, secrets));
    item.inner.iter_mut().for_each(|inner| of_item(inner, secrets));
}

fn of_line(line: &mut Line, secrets: &[String]) {
    for inline in &mut line.0 {
        match inline {
            Inline::Text(text) | Inline::Code(text) | Inline::Strong(text) | Inline::Link(text, _) => {
                of_text(text, secrets);
            }
        }
    }
}

fn of_text(text: &mut String, secrets: &[String]) {
    for secret in secrets {
        let is_long = secret.chars().count() >= LONG_LETTERS;
        let mut from = 0;
        while let Some(at) = text.get(from..).and_then(|rest| rest.find(secret.as_str())).map(|at| from + at) {
            let end = at + secret.len();
            let is_letter = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let behind = text.get(end..).and_then(|behind| behind.chars().next());
            if is_long || !is_letter(before) && !is_letter(behind) {
                text.replace_range(at..end, HIDDEN);
                from = at + HIDDEN.len();
            } else {
                from = end;
            }
        }
    }
}
