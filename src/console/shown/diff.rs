//! Shows how two texts differ, line by line, and writes the same as a patch.

use std::time::Duration;

use maud::{Markup, html};
use similar::{ChangeTag, TextDiff};

/// Lines that are shown around what differs.
const CONTEXT_LINES: usize = 3;
/// Most lines of a difference that a page shows.
const LINES_SHOWN: usize = 2_000;
/// After so long the rest of two texts counts as different.
const TIME_LIMIT: Duration = Duration::from_secs(2);

fn difference<'t>(before: &'t str, after: &'t str) -> TextDiff<'t, 't, str> {
    TextDiff::configure().timeout(TIME_LIMIT).diff_lines(before, after)
}

/// The difference of a file as `patch -p1` and `git apply` take it; blank where there is none.
pub(in crate::console) fn patch(file: &str, before: &str, after: &str) -> String {
    let (old, new) = (format!("a/{file}"), format!("b/{file}"));
    difference(before, after).unified_diff().context_radius(CONTEXT_LINES).header(&old, &new).to_string()
}

/// The same on a page.
pub(in crate::console) fn shown(file: &str, before: &str, after: &str) -> Markup {
    let diff = difference(before, after);
    let groups = diff.grouped_ops(CONTEXT_LINES);
    let lines = groups.iter().map(|group| group.iter().flat_map(|op| diff.iter_changes(op)).collect::<Vec<_>>());
    let lines: Vec<_> = lines.collect();
    let is_cut = lines.iter().map(Vec::len).sum::<usize>() > LINES_SHOWN;
    let before = |number: usize| lines.iter().take(number).map(Vec::len).sum::<usize>();
    html! {
        div.wide role="region" aria-label={ "Difference of " (file) } tabindex="0" {
            table.diff {
                thead.hidden { tr { th scope="col" { "line before" } th scope="col" { "line after" } th scope="col" { "text" } } }
                @for (number, group) in lines.iter().enumerate().filter(|(number, _)| before(*number) < LINES_SHOWN) {
                    @if number > 0 { tbody { tr.gap { td colspan="3" { "…" } } } }
                    tbody {
                        @for change in group.iter().take(LINES_SHOWN - before(number)) {
                            @let (class, sign) = match change.tag() {
                                ChangeTag::Delete => ("removed", "−"),
                                ChangeTag::Insert => ("added", "+"),
                                ChangeTag::Equal => ("same", " "),
                            };
                            tr class=(class) {
                                td.number { @if let Some(line) = change.old_index() { (line + 1) } }
                                td.number { @if let Some(line) = change.new_index() { (line + 1) } }
                                td { code dir="auto" { (sign) " " (change.value().trim_end_matches(['\n', '\r'])) } }
                            }
                        }
                    }
                }
            }
        }
        @if is_cut { p.help { "Only the first " (LINES_SHOWN) " lines of the difference are shown." } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_names_the_file_and_a_page_shows_markup_as_text() {
        let patch = patch("rules/a.yaml", "a\nb\n", "a\n<b>\n");
        assert_eq!(patch, "--- a/rules/a.yaml\n+++ b/rules/a.yaml\n@@ -1,2 +1,2 @@\n a\n-b\n+<b>\n");
        let shown = shown("a", "a\nb\n", "a\n<b>\n").into_string();
        assert!(shown.contains("+ &lt;b&gt;") && !shown.contains("<b>"), "{shown}");
    }
}
