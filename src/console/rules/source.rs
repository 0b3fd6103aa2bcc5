//! Links to rules, and shows a rule as it is written.

use maud::{Markup, html};
use url::form_urlencoded::Serializer;

use crate::console::shown::Clean;
use crate::rule::{Rule, RuleSet};

/// Most lines of a rule that are shown: a table may be long.
const LINES_SHOWN: usize = 400;

/// A page below `/console` with a query.
pub(in crate::console) fn link(page: &str, query: &[(&str, &str)]) -> String {
    let query = query.iter().filter(|(_, value)| !value.is_empty());
    let query = query.fold(Serializer::new(String::new()), |mut all, (name, value)| {
        all.append_pair(name, value);
        all
    });
    let mut query = query;
    format!("/console/{page}?{}", query.finish())
}

/// The rule's lines, up to the next rule of its file, with their numbers.
pub(super) fn source(set: &RuleSet, number: usize, clean: Clean<'_>) -> Markup {
    let Some(rule) = set.rules.get(number) else { return html! {} };
    let text = &rule.file.text;
    let begin = line_start(text, rule.span.start);
    let next = set.rules.get(number + 1).filter(|next| next.file.name == rule.file.name);
    let end = next.map_or(text.len(), |next| line_start(text, next.span.start));
    let first = rule.place().line_column().0;
    let written = clean.text(text.get(begin..end.max(begin)).unwrap_or_default());
    let written = trimmed(&written);
    html! {
        pre.source tabindex="0" {
            code {
                @for (n, line) in written.lines().take(LINES_SHOWN).enumerate() {
                    span.line-number { (first + n) } " " (line) "\n"
                }
            }
        }
        @if written.lines().count() > LINES_SHOWN { p.help { "The other lines stand in the file." } }
    }
}

/// Where the line of a byte begins.
fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1)
}

/// The text up to where another part of the file begins: a line with a word right at its beginning.
fn trimmed(text: &str) -> &str {
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        let is_other = end > 0 && line.starts_with(|c: char| c.is_ascii_alphabetic());
        if is_other {
            break;
        }
        end += line.len();
    }
    text.get(..end).unwrap_or(text).trim_end()
}

/// Where a rule is described.
pub(super) fn rule_link(rule: &Rule, rows: &str) -> String {
    link("rules/rule", &[("name", &rule.name), ("row", rows)])
}
