//! Lists the parts of a generated page at its head, each as a link.

use std::fmt::Write as _;

/// The page with a table of its parts before the first of them. Links are those that hosts of Markdown make.
#[must_use]
pub fn with_contents(page: &str) -> String {
    let Some((head, parts)) = page.split_once("\n## ") else { return page.to_owned() };
    let mut out = format!("{head}\n| in this page |\n|---|\n");
    let titles = format!("## {parts}");
    for title in titles.lines().filter_map(|line| line.strip_prefix("## ")) {
        let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        let anchor: String = kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect();
        let _ = writeln!(out, "| [{title}](#{anchor}) |");
    }
    let _ = write!(out, "\n{titles}");
    out
}

#[cfg(test)]
mod tests {
    use super::with_contents;

    #[test]
    fn each_part_is_linked_before_the_first() {
        let page = "# A\n\nText.\n\n## H1: a `b`, c-d\n\nx\n\n## E\n\ny\n";
        let told = "# A\n\nText.\n\n| in this page |\n|---|\n| [H1: a `b`, c-d](#h1-a-b-c-d) |\n| [E](#e) |\n\n## H1: a `b`, c-d\n\nx\n\n## E\n\ny\n";
        assert_eq!(with_contents(page), told);
        assert_eq!(with_contents("# A\n\nText.\n"), "# A\n\nText.\n");
    }
}
