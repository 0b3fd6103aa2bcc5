//! Shows findings of `hookgate check`: each under its line, where the text is on the page.

use std::collections::BTreeSet;

use maud::{Markup, html};
use serde_json::Value as Json;

use super::hidden::Clean;
use crate::console::frame::sentence;
use crate::console::parts::{PERSONAL, State, state};

/// Most findings that a page shows.
const FINDINGS_SHOWN: usize = 100;

/// Findings, and what whoever reads them may see.
#[expect(clippy::struct_field_names, reason = "they are what the value is about")]
pub(in crate::console) struct Findings<'f> {
    /// As `hookgate check --format json` has them.
    pub findings: &'f [Json],
    /// The file on the page, by its name, and its text.
    pub text: Option<(&'f str, &'f str)>,
    /// Whether findings about rows of tables are shown.
    pub is_personal_shown: bool,
    /// The tables whose rows may be about people, by the names of their files.
    pub tables: &'f BTreeSet<String>,
    pub clean: Clean<'f>,
}

impl Findings<'_> {
    /// One below the other, those of the file on the page first.
    pub fn shown(&self) -> Markup {
        let is_here = |finding: &&Json| self.line_here(finding).is_some();
        let (here, elsewhere): (Vec<&Json>, Vec<&Json>) = self.findings.iter().partition(is_here);
        html! {
            ol.findings {
                @for finding in here.iter().chain(&elsewhere).take(FINDINGS_SHOWN) { (self.finding(finding)) }
            }
            @if self.findings.len() > FINDINGS_SHOWN {
                p.help { "The other " (self.findings.len() - FINDINGS_SHOWN) " findings are not shown: mistakes in such numbers have few causes." }
            }
        }
    }

    /// The line in the file on the page, counted from 1.
    fn line_here(&self, finding: &Json) -> Option<usize> {
        let place = finding.get("place")?;
        let (name, _) = self.text?;
        let line = || usize::try_from(place.get("line")?.as_u64()?).ok();
        (place.get("file")?.as_str()? == name).then(line).flatten()
    }

    fn finding(&self, finding: &Json) -> Markup {
        let is_error = text(finding, "severity") == "error";
        let (is, word) = if is_error { (State::Bad, "mistake") } else { (State::Warning, "warning") };
        let line = self.line_here(finding);
        let column = finding.pointer("/place/column").and_then(Json::as_u64).unwrap_or(1);
        let written = line.and_then(|line| self.text?.1.lines().nth(line - 1));
        let is_hidden = !self.is_personal_shown && is_of(self.tables, finding);
        let clean = |words: &str| self.clean.text(words);
        html! {
            li.finding data-line=[line] data-severity=(text(finding, "severity")) {
                @match (line, written) {
                    (Some(line), Some(written)) => {
                        pre { code dir="auto" { span.line-number { (line) } " " (written) } "\n"
                              span aria-hidden="true" { (pointer(line, written, column)) } }
                    }
                    _ => @if let Some(at) = at(finding) { p.mono { (at) } },
                }
                @if is_hidden {
                    p { (state(is, word)) " " code { (text(finding, "code")) } " " (PERSONAL) }
                } @else {
                    p { (state(is, word)) " " code { (text(finding, "code")) } " " (sentence(&clean(text(finding, "message")))) }
                    @if !text(finding, "label").is_empty() { p.soft { (sentence(&clean(text(finding, "label")))) } }
                    @for help in finding.get("help").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str) {
                        p.help { (sentence(&clean(help))) }
                    }
                }
            }
        }
    }
}

/// How many findings there are: `2 mistakes, 1 warning`.
pub(in crate::console) fn told(findings: &[Json]) -> String {
    let count = |severity| findings.iter().filter(|finding| text(finding, "severity") == severity).count();
    let counted = crate::report::counted;
    format!("{}, {}", counted(count("error"), "mistake"), counted(count("warning"), "warning"))
}

/// A sign below the column at which the finding stands, behind the line's number.
fn pointer(line: usize, written: &str, column: u64) -> String {
    let before = usize::try_from(column).unwrap_or(1).saturating_sub(1);
    let space: String = written.chars().take(before).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    format!("{} {space}▲", " ".repeat(line.to_string().len()))
}

fn text<'j>(finding: &'j Json, key: &str) -> &'j str {
    finding.get(key).and_then(Json::as_str).unwrap_or_default()
}

/// `rules/a.yaml:7`.
fn at(finding: &Json) -> Option<String> {
    let place = finding.get("place")?;
    Some(format!("{}:{}", place.get("file")?.as_str()?, place.get("line")?.as_u64()?))
}

/// Whether it is about one of these files, or tells of a place in one.
fn is_of(tables: &BTreeSet<String>, finding: &Json) -> bool {
    match finding {
        Json::Object(fields) => fields.iter().any(|(key, value)| match value {
            Json::String(file) if key == "file" => tables.contains(file),
            value => is_of(tables, value),
        }),
        Json::Array(items) => items.iter().any(|item| is_of(tables, item)),
        _ => false,
    }
}
