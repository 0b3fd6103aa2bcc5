//! Findings about rules as pages show them: where, what, and what to do.

use maud::{Markup, html};
use serde_json::Value as Json;

use super::frame::sentence;
use super::parts::PERSONAL;

/// Findings as `hookgate check --format json` has them, the first `limit` of them. What is said of a row of a table may
/// quote it, so that only its place is shown.
pub(super) fn list(findings: &[Json], limit: usize) -> Markup {
    html! {
        ul.findings {
            @for finding in findings.iter().take(limit) { li { (one(finding)) } }
        }
        @if findings.len() > limit {
            p.soft { "And " (findings.len() - limit) " more: " code { "hookgate check" } " prints them all." }
        }
    }
}

fn one(finding: &Json) -> Markup {
    let text = |key: &str| finding.get(key).and_then(Json::as_str).unwrap_or_default();
    let helps: Vec<&str> =
        finding.get("help").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str).collect();
    let is_personal = is_of_table(finding);
    let class = if text("severity") == "warning" { "state warning" } else { "state bad" };
    html! {
        div {
            span class=(class) { (text("severity")) " " (text("code")) }
            @if let Some(place) = place(finding) { " " code dir="auto" { (place) } }
        }
        @if is_personal { div { "What it says quotes a row of a table: " (PERSONAL) ". " code { "hookgate check" } " prints it." } }
        @else {
            div dir="auto" { (sentence(text("message"))) }
            @if !text("label").is_empty() { div.soft dir="auto" { (sentence(text("label"))) } }
            @for help in helps { div.help dir="auto" { (sentence(help)) } }
        }
    }
}

/// `rules/validate.yaml:26`
fn place(finding: &Json) -> Option<String> {
    let place = finding.get("place")?;
    let file = place.get("file")?.as_str()?;
    Some(place.get("line").and_then(Json::as_u64).map_or(file.to_owned(), |line| format!("{file}:{line}")))
}

/// Whether it is about the rows of a table's file, which are people's, rather than about rules.
fn is_of_table(finding: &Json) -> bool {
    let Some(place) = finding.get("place").filter(|place| !place.is_null()) else { return false };
    let file = place.get("file").and_then(Json::as_str).unwrap_or_default().to_ascii_lowercase();
    place.get("sheet").is_some() || !(file.ends_with(".yaml") || file.ends_with(".yml"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn finding(file: &str) -> Json {
        json!({ "code": "E1", "severity": "error", "message": "`asha.rao` <b> is there twice", "help": ["see asha.rao"],
            "place": { "file": file, "line": 7, "column": 1 } })
    }

    #[test]
    fn what_quotes_a_row_of_a_table_is_not_shown() {
        let shown = list(&[finding("rules/people.csv")], 5).0;
        assert!(!shown.contains("asha"), "{shown}");
        assert!(shown.contains("rules/people.csv:7") && shown.contains(PERSONAL), "{shown}");
    }

    #[test]
    fn what_is_said_of_a_rule_stays_text() {
        let shown = list(&[finding("rules/a.yaml"), finding("rules/a.yaml")], 1).0;
        assert!(shown.contains("`asha.rao` &lt;b&gt; is there twice."), "{shown}");
        assert!(shown.contains("And 1 more"), "{shown}");
    }
}
