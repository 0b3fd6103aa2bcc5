//! Remarks that allow a warning: `# hookgate: allow H801 because …`.

use std::ops::Range;
use std::sync::Arc;

use super::catalogue;
use crate::diagnostic::{Code, Diagnostic, File, Place, Report, Severity, code, did_you_mean};
use crate::rule::source::{Role, Sources};

const MARK: &str = "hookgate:";

/// Every such remark of a rules folder.
#[derive(Debug, Default)]
pub struct Allows {
    all: Vec<Allow>,
}

/// One remark.
#[derive(Debug)]
struct Allow {
    codes: Vec<&'static Code>,
    /// The remark, for a warning about it.
    place: Place,
    /// The lines it is about, from 0.
    lines: Range<usize>,
    was_needed: bool,
}

impl Allows {
    /// Reads the remarks of the YAML files; one that cannot be understood is a mistake.
    pub fn read(sources: &Sources, report: &mut Report) -> Self {
        let mut allows = Self::default();
        for (role, file) in &sources.files {
            if matches!(role, Role::Yaml | Role::Tests) && file.text.contains(MARK) {
                allows.file(file, report);
            }
        }
        allows
    }

    fn file(&mut self, file: &Arc<File>, report: &mut Report) {
        let lines: Vec<&str> = file.text.split('\n').collect();
        let mut start = 0;
        for (number, line) in lines.iter().enumerate() {
            if let Some(at) = remark(line) {
                let place = Place { file: Arc::clone(file), span: start + at..start + line.trim_end().len() };
                match codes(line.get(at..).unwrap_or_default()) {
                    Ok(codes) => {
                        let is_alone = line.get(..at).is_some_and(|before| before.trim().is_empty());
                        let lines = if is_alone { block(&lines, number + 1) } else { number..number + 1 };
                        self.all.push(Allow { codes, place, lines, was_needed: false });
                    }
                    Err((message, help)) => report.push(Diagnostic::error(&code::BAD_ALLOW, place, message).help(help)),
                }
            }
            start += line.len() + 1;
        }
    }

    /// Takes the warnings that a remark allows out of the report; how many they were.
    pub fn silence(&mut self, report: &mut Report) -> usize {
        let before = report.findings.len();
        report.findings.retain(|finding| finding.severity == Severity::Error || !self.allows(finding));
        before - report.findings.len()
    }

    fn allows(&mut self, finding: &Diagnostic) -> bool {
        let mut is_allowed = false;
        for allow in self.all.iter_mut().filter(|allow| allow.codes.contains(&finding.code)) {
            let places = finding.place.iter().chain(finding.related.iter().map(|(place, _)| place));
            let is_about = |place: &Place| {
                Arc::ptr_eq(&place.file, &allow.place.file) && allow.lines.contains(&(place.line() - 1))
            };
            if places.into_iter().any(is_about) {
                allow.was_needed = true;
                is_allowed = true;
            }
        }
        is_allowed
    }

    /// Warns of remarks that silenced nothing: what they speak of is mended, or they stand in the wrong place.
    pub fn warn_of_idle(&self, report: &mut Report) {
        for allow in self.all.iter().filter(|allow| !allow.was_needed) {
            let ids: Vec<&str> = allow.codes.iter().map(|code| code.id).collect();
            let message = format!("there is no warning {} here to allow", ids.join(" or "));
            let finding = Diagnostic::error(&code::IDLE_ALLOW, allow.place.clone(), message).warning();
            report.push(finding.help("remove the comment, or put it at the end of the line or right above the block"));
        }
    }
}

/// Where a remark for us begins in a line, at its `#`.
fn remark(line: &str) -> Option<usize> {
    let starts = line.match_indices('#').map(|(at, _)| at);
    let mut comments =
        starts.filter(|at| line.get(..*at).is_some_and(|before| before.is_empty() || before.ends_with([' ', '\t'])));
    comments.find(|at| line.get(at + 1..).is_some_and(|comment| comment.trim_start().starts_with(MARK)))
}

/// The codes that a remark allows; or what is wrong with it and what to write instead.
fn codes(remark: &str) -> Result<Vec<&'static Code>, (String, String)> {
    let words = remark.trim_start_matches(['#', ' ', '\t']).strip_prefix(MARK).unwrap_or_default().trim();
    let example = || "write `# hookgate: allow H801 because the vendor rule is temporary`".to_owned();
    let Some(rest) = words.strip_prefix("allow").filter(|rest| rest.starts_with(char::is_whitespace)) else {
        return Err((format!("the comment `{words}` cannot be understood"), example()));
    };
    let (ids, reason) = rest.split_once("because").unwrap_or((rest, ""));
    let ids: Vec<&str> = ids.split([',', ' ', '\t']).filter(|id| !id.is_empty()).collect();
    let mut codes = Vec::new();
    for id in &ids {
        codes.push(catalogue::find(id).ok_or_else(|| {
            let meant = did_you_mean(id, catalogue::all().map(|code| code.id));
            let help = meant.map_or_else(example, |meant| format!("did you mean `{meant}`?"));
            (format!("there is no code `{id}` to allow"), help)
        })?);
    }
    match (codes.is_empty(), reason.trim().is_empty()) {
        (true, _) => Err(("this `allow` comment names no code".to_owned(), example())),
        (_, true) => Err(("this `allow` comment gives no reason".to_owned(), example())),
        _ => Ok(codes),
    }
}

/// The next line that says something, and the deeper ones below it.
fn block(lines: &[&str], from: usize) -> Range<usize> {
    let says = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let Some(first) = (from..lines.len()).find(|number| lines.get(*number).is_some_and(says)) else {
        return from..from;
    };
    let indent = |line: &str| line.len() - line.trim_start().len();
    let of_first = lines.get(first).map_or(0, |line| indent(line));
    let below = lines.iter().enumerate().skip(first + 1);
    let end = below.filter(|(_, line)| says(line)).find(|(_, line)| indent(line) <= of_first);
    first..end.map_or(lines.len(), |(number, _)| number)
}
