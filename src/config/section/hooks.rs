//! `hooks` of gateway.yaml: changes to the platform's twelve hooks, and the tenant's own.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::config::keys::HOOK;
use crate::config::value::{Value, Written, is_url_path};
use crate::diagnostic::{Diagnostic, File, Place, Report, code};
use crate::event::secret::SecretNames;
use crate::event::{Accepted, Hook, Hooks, Kind, OnFailure, canonical_field};
use crate::yaml::{Content, Entry, Node, Reader, listed};

/// What gateway.yaml says about hooks, before it is one table.
#[derive(Default)]
pub struct Manners {
    pub accepted: Option<Accepted>,
    pub budget: Option<Duration>,
    failures: Vec<(Kind, OnFailure, Place)>,
    rows: Option<(Arc<File>, Node)>,
}

impl Manners {
    pub fn set_rows(&mut self, written: &Written) {
        self.rows = Some((Arc::clone(&written.file), written.node.clone()));
    }

    pub fn set_failure(&mut self, kind: Kind, answer: OnFailure, place: Place) {
        self.failures.retain(|(known, ..)| *known != kind);
        self.failures.push((kind, answer, place));
    }

    /// Gives a hook what its kind has by the settings.
    fn dress(&self, hook: Hook) -> Row {
        let mut row = Row { hook, paths_at: None, failure_at: None };
        row.hook.accepted = self.accepted.unwrap_or(row.hook.accepted);
        row.hook.budget = self.budget.unwrap_or(row.hook.budget);
        if let Some((_, answer, place)) = self.failures.iter().find(|(kind, ..)| *kind == row.hook.kind) {
            row.hook.on_failure = answer.clone();
            row.failure_at = Some(place.clone());
        }
        row
    }
}

/// A row of the table, and where somebody wrote what.
struct Row {
    hook: Hook,
    paths_at: Option<Place>,
    failure_at: Option<Place>,
}

/// The table in force, with every mistake in it told.
pub fn table(manners: &Manners, prefixes: &[String], report: &mut Report) -> Hooks {
    let mut rows: Vec<Row> = Hooks::standard().rows.into_iter().map(|hook| manners.dress(hook)).collect();
    if let Some((file, node)) = &manners.rows {
        let mut reader = Reader { file: Arc::clone(file), report };
        let entries = if node.is_null() { None } else { reader.entries(node, "`hooks`") };
        let entries = entries.unwrap_or_default();
        for (place, entry) in entries.iter().enumerate() {
            let earlier = entries.iter().take(place).find(|other| other.key.eq_ignore_ascii_case(&entry.key));
            match earlier {
                // The same key twice is told by the YAML reader.
                Some(earlier) if earlier.key == entry.key => {}
                Some(earlier) => {
                    let message = format!("`{}` and `{}` are one hook", earlier.key, entry.key);
                    refuse(&mut reader, &entry.key_span, message, "put both rows into one");
                }
                None => take_row(entry, manners, &mut rows, &mut reader),
            }
        }
    }
    check_refusals(&rows, report);
    check_paths(&rows, prefixes, report);
    Hooks { rows: rows.into_iter().map(|row| row.hook).collect(), secrets: SecretNames::default() }
}

fn refuse(reader: &mut Reader<'_>, span: &std::ops::Range<usize>, message: String, help: &str) {
    let finding = reader.mistake(&code::BAD_HOOK_ROW, span, message);
    reader.push(finding.help(help));
}

/// Reads one row: over one of the rows that are there, or as a new one.
fn take_row(entry: &Entry, manners: &Manners, rows: &mut Vec<Row>, reader: &mut Reader<'_>) {
    let there = rows.iter().position(|row| row.hook.name.eq_ignore_ascii_case(&entry.key));
    if there.is_none() && !is_hook_name(&entry.key) {
        let help = "a hook's name is a letter and up to 63 letters, digits, `-` or `_`; `paths` may have others";
        return refuse(reader, &entry.key_span, format!("`{}` cannot be a hook's name", entry.key), help);
    }
    if reader.fields(&entry.value, &HOOK).is_none() {
        return;
    }
    let standard = there.and_then(|at| rows.get(at)).map(|row| row.hook.clone());
    let kind = match entry.value.get("kind") {
        Some(node) => reader.one_of(node, "`kind`", &Kind::ALL),
        None => standard.as_ref().map(|hook| hook.kind).or_else(|| {
            let message = format!("the new hook `{}` needs `kind`", entry.key);
            let help = "write `kind: notify` for a hook that is only told; the other kinds stand in gateway.yaml";
            refuse(reader, &entry.key_span, message, help);
            None
        }),
    };
    let Some(kind) = kind else { return };
    let hook = match standard {
        Some(hook) if hook.kind == kind => hook,
        Some(hook) => Hook { fields: hook.fields, paths: hook.paths, ..Hook::new(&hook.name, kind, None) },
        None => Hook::new(&entry.key, kind, None),
    };
    let mut row = manners.dress(hook);
    row.paths_at = Some(reader.place(&entry.key_span));
    fill(&mut row, &entry.value, reader);
    match there.and_then(|at| rows.get_mut(at)) {
        Some(old) => *old = row,
        None => rows.push(row),
    }
}

/// Puts what a row says over what its kind says.
fn fill(row: &mut Row, node: &Node, reader: &mut Reader<'_>) {
    if let Some(paths) = node.get("paths") {
        row.paths_at = Some(reader.place(&paths.span));
        row.hook.paths = read_paths(paths, reader);
    }
    if let Some(fields) = node.get("fields") {
        let names = reader.texts(fields, "a field's name");
        row.hook.fields = Some(names.into_iter().map(|(name, _)| canonical_field(name).to_owned()).collect());
    }
    if let Some(accepted) = node.get("accepted").and_then(|node| reader.one_of(node, "`accepted`", &Accepted::ALL)) {
        row.hook.accepted = accepted;
    }
    if let Some(node) = node.get("budget_ms") {
        let budget = reader.whole(node, "`budget_ms`", 1..=60_000);
        row.hook.budget = budget.map_or(row.hook.budget, Duration::from_millis);
    }
    if let Some(node) = node.get("requests_at_once") {
        let limit = reader.whole(node, "`requests_at_once`", 1..=100_000);
        row.hook.request_limit = limit.and_then(|limit| usize::try_from(limit).ok());
    }
    if let Some(refusable) = node.get("refusable") {
        row.hook.refusable = reader.boolean(refusable, "`refusable`").unwrap_or(row.hook.refusable);
        row.failure_at = Some(reader.place(&refusable.span));
    }
    if let Some(collects) = node.get("collect_refusals") {
        row.hook.collects_refusals = reader.boolean(collects, "`collect_refusals`").unwrap_or_default();
        if row.hook.collects_refusals && !row.hook.refusable {
            let message = format!("no rule may refuse on `{}`, so that there is nothing to collect", row.hook.name);
            let help = "it is for validate hooks, and for hooks with `refusable: true`";
            refuse(reader, &collects.span, message, help);
        }
    }
    if let Some(node) = node.get("on_failure") {
        let inner = Reader { file: Arc::clone(&reader.file), report: reader.report };
        let answer = Value { path: "on_failure", node, reader: inner }.on_failure();
        if let Some(answer) = answer {
            row.failure_at = Some(reader.place(&node.span));
            row.hook.on_failure = answer;
        }
    }
}

fn read_paths(node: &Node, reader: &mut Reader<'_>) -> Vec<String> {
    if matches!(&node.content, Content::List(items) if items.is_empty()) {
        let help = "write at least one path, or leave `paths` out: then it is the hook's name";
        refuse(reader, &node.span, "a hook without a path is never called".to_owned(), help);
    }
    let mut paths = Vec::new();
    for (text, span) in reader.texts(node, "a path") {
        let trimmed = text.trim_matches('/');
        if trimmed.is_empty() || !is_url_path(trimmed) {
            let help = "write letters, digits, `-`, `_`, `.` and `~`, with `/` between parts: `app/updated`";
            refuse(reader, span, format!("`{text}` cannot stand in a hook's URL"), help);
        }
        paths.push(trimmed.to_owned());
    }
    paths
}

fn is_hook_name(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// A hook that may not refuse cannot refuse when its rules fail either. Hooks that fail by one setting are told together.
fn check_refusals(rows: &[Row], report: &mut Report) {
    let mut wrong: Vec<(&Place, Vec<&str>)> = Vec::new();
    for row in rows.iter().filter(|row| !row.hook.refusable && matches!(row.hook.on_failure, OnFailure::Reject(_))) {
        let Some(place) = &row.failure_at else { continue };
        match wrong.iter_mut().find(|(known, _)| *known == place) {
            Some((_, names)) => names.push(&row.hook.name),
            None => wrong.push((place, vec![&row.hook.name])),
        }
    }
    for (place, names) in wrong {
        let message = format!("a failing rule cannot refuse where rules may not refuse: on {}", listed(names));
        let finding = Diagnostic::error(&code::BAD_HOOK_ROW, place.clone(), message);
        let help = "write `on_failure: undecided` or `on_failure: unavailable`, or let its rules refuse with `refusable: true`";
        report.push(finding.help(help));
    }
}

/// A URL means one hook, and is under one prefix: methods of `auth` may be a prefix's own.
fn check_paths(rows: &[Row], prefixes: &[String], report: &mut Report) {
    let mut taken: HashMap<String, (&Row, &str)> = HashMap::new();
    // The twelve as they are come first, so that the mistake is told where somebody wrote something.
    let (standard, written): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.paths_at.is_none());
    let mut told: Vec<(&str, &str)> = Vec::new();
    for row in standard.into_iter().chain(written) {
        let paths = prefixes.iter().flat_map(|prefix| row.hook.paths.iter().map(move |path| (&**prefix, path)));
        for (prefix, path) in paths {
            let full = format!("{prefix}/{path}");
            let (earlier, under) = *taken.entry(full.to_ascii_lowercase()).or_insert((row, prefix));
            let pair = (&*earlier.hook.name, &*row.hook.name);
            let is_well = pair.0 == pair.1 && under == prefix;
            if is_well || told.contains(&pair) {
                continue;
            }
            told.push(pair);
            let message = match pair.0 == pair.1 {
                true => {
                    format!("the URL `{full}` of `{}` would be under two prefixes, `{under}` and `{prefix}`", pair.0)
                }
                false => format!("the URL `{full}` would mean two hooks, `{}` and `{}`", pair.0, pair.1),
            };
            let mut finding = Diagnostic::nowhere(&code::BAD_HOOK_ROW, message);
            finding.place.clone_from(&row.paths_at);
            if let Some(place) = earlier.paths_at.as_ref().filter(|_| pair.0 != pair.1) {
                finding = finding.related(place.clone(), "the other hook");
            }
            let help = if pair.0 == pair.1 { "give the hook other `paths`" } else { "give one of them other `paths`" };
            report.push(finding.help(help));
        }
    }
}
