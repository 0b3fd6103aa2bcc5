//! Pages can be read: their lines are short, and a long page says at its head what is in it.

use super::blocks::{headings, page, pages, prose};

/// Letters of a line of prose. Rows of tables and lines of blocks may be longer.
const WIDTH: usize = 120;
/// Lines from which on a page lists its parts.
const LONG: usize = 150;

#[test]
fn no_line_of_prose_is_too_long() {
    let mut long = Vec::new();
    for name in pages() {
        let text = page(&name);
        let lines = prose(&text).into_iter().filter(|(_, line)| !line.trim_start().starts_with('|'));
        let lines = lines.filter(|(_, line)| line.chars().count() > WIDTH);
        long.extend(lines.map(|(n, line)| format!("{name}:{n}: {} letters", line.chars().count())));
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

/// The parts of a page that no link before the first of them leads to.
fn unlisted(text: &str) -> Vec<String> {
    let head = text.split("\n## ").next().unwrap();
    let parts = headings(text).into_iter().filter(|(level, _)| *level == 2).map(|(_, anchor)| anchor);
    parts.filter(|anchor| !head.contains(&format!("](#{anchor})"))).collect()
}

#[test]
fn a_long_page_lists_its_parts_at_its_head() {
    let mut wrong = Vec::new();
    for name in pages() {
        let text = page(&name);
        let unlisted = unlisted(&text);
        // A page that has a list has all of its parts in it, however long it is.
        let is_listed = text.split("\n## ").next().unwrap().contains("](#");
        if !unlisted.is_empty() && (is_listed || text.lines().count() > LONG) {
            wrong.push(format!("{name} does not list {}", unlisted.join(", ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(unlisted("# A\n\n[B](#b)\n\n## B\n\n## C\n"), ["c"]);
}
