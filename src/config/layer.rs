//! One layer of settings as somebody wrote it: a file, the environment or flags, each setting with its place.

use std::sync::Arc;

use super::leaf::{GONE, Leaf, PREFIX, leaves, variable};
use super::overridden::Overridden;
use super::section::SETTINGS;
use super::value::Written;
use crate::diagnostic::{Diagnostic, File, Place, Report, code, did_you_mean};
use crate::yaml::keys::{Keys, Shape};
use crate::yaml::syntax::parse;
use crate::yaml::{Content, Entry, Node, Reader, Style, listed};

/// A flag of the command line that stands for a setting.
#[derive(Clone, Debug)]
pub struct Flag {
    /// As a person types it: `--log-level`.
    pub name: &'static str,
    /// The setting: `log.level`.
    pub path: &'static str,
    pub value: String,
}

/// The settings of a file.
pub(super) fn of_file(file: &Arc<File>, report: &mut Report) -> Vec<Written> {
    let Some(root) = parse(file, report) else { return Vec::new() };
    let mut walk = Walk { reader: Reader { file: Arc::clone(file), report }, found: Vec::new() };
    walk.section(&SETTINGS, &root, "");
    walk.found
}

/// The settings of `below` that `above` sets too, in the order of `below`; `name` says what one of `above` is called.
pub(super) fn overridden(above: &[Written], below: &[Written], name: impl Fn(&Written) -> String) -> Vec<Overridden> {
    let pairs = below.iter().flat_map(|under| above.iter().map(move |over| (over, under)));
    let told = pairs.filter(|(over, under)| is_one_place(over, under)).map(|(over, under)| Overridden {
        by: name(over),
        setting: under.path.clone(),
        at: place(under),
    });
    told.collect()
}

/// The file and line of a setting.
pub(super) fn place(written: &Written) -> String {
    Place { file: Arc::clone(&written.file), span: written.node.span.clone() }.file_line()
}

/// Whether one takes the place of the other. The outbox is in a file or in a database, whichever is said last.
pub(super) fn is_one_place(over: &Written, under: &Written) -> bool {
    let where_the_outbox_is = |one: &Written| match one.path.as_str() {
        "outbox.postgres" => !one.node.is_null(),
        path => path == "outbox.file",
    };
    over.path == under.path || where_the_outbox_is(over) && where_the_outbox_is(under)
}

struct Walk<'r> {
    reader: Reader<'r>,
    found: Vec<Written>,
}

impl Walk<'_> {
    fn section(&mut self, keys: &'static Keys, node: &Node, before: &str) {
        for entry in self.reader.entries_of(node, keys).unwrap_or_default() {
            let path = if before.is_empty() { entry.key.clone() } else { format!("{before}.{}", entry.key) };
            match keys.keys.iter().find(|key| key.name == entry.key).map(|key| &key.shape) {
                None => self.unknown(keys, entry, &path),
                // A heading whose settings are all commented out.
                Some(Shape::Mapping(_) | Shape::MapOf(_)) if entry.value.is_null() => {}
                Some(Shape::Mapping(inner)) => self.section(inner, &entry.value, &path),
                Some(_) => {
                    let file = Arc::clone(&self.reader.file);
                    self.found.push(Written { path, file, node: entry.value.clone() });
                }
            }
        }
    }

    fn unknown(&mut self, keys: &Keys, entry: &Entry, path: &str) {
        if let Some((_, why)) = GONE.iter().find(|(gone, _)| *gone == path) {
            let message = format!("`{path}` is no setting any more: {why}");
            let finding = self.reader.mistake(&code::UNKNOWN_SETTING, &entry.key_span, message);
            return self.reader.push(finding.help("take the line out"));
        }
        let message = format!("{} has no setting `{}`", keys.what, entry.key);
        let finding = self.reader.mistake(&code::UNKNOWN_SETTING, &entry.key_span, message);
        let suffix = format!(".{}", entry.key);
        let elsewhere = leaves().into_iter().find(|leaf| leaf.path == entry.key || leaf.path.ends_with(&suffix));
        let help = match (did_you_mean(&entry.key, keys.names()), elsewhere) {
            (_, Some(leaf)) => format!("its place is `{}`", leaf.path),
            (Some(meant), None) => format!("did you mean `{meant}`?"),
            (None, None) => format!("the settings here are {}", listed(keys.names())),
        };
        self.reader.push(finding.help(help));
    }
}

/// The settings that variables of the environment make. One that means nothing is a mistake.
pub(super) fn of_environment(
    variables: impl IntoIterator<Item = (String, String)>,
    report: &mut Report,
) -> Vec<Written> {
    let known: Vec<(String, Leaf)> = leaves().into_iter().map(|leaf| (leaf.variable(), leaf)).collect();
    let mut found = Vec::new();
    for (name, value) in variables {
        if !name.starts_with(PREFIX) || is_service_link(&name) {
            continue;
        }
        match known.iter().find(|(variable, _)| *variable == name) {
            None => report.push(unknown_variable(&name, known.iter().map(|(variable, _)| variable.as_str()))),
            Some(_) if value.trim().is_empty() => {}
            Some((_, leaf)) => found.extend(single(leaf, format!("environment {name}"), value, report)),
        }
    }
    found
}

/// The settings that flags make.
pub(super) fn of_flags(flags: &[Flag], report: &mut Report) -> Vec<Written> {
    let known = leaves();
    let mut found = Vec::new();
    for flag in flags {
        if let Some(leaf) = known.iter().find(|leaf| leaf.path == flag.path) {
            found.extend(single(leaf, format!("flag {}", flag.name), flag.value.clone(), report));
        }
    }
    found
}

/// A setting that stands alone. Only lists and mappings are read as YAML: `[::1]:8080` is an address.
fn single(leaf: &Leaf, name: String, text: String, report: &mut Report) -> Option<Written> {
    let file = Arc::new(File::new(name, text));
    let node = match leaf.shape {
        Shape::ListOf(_) | Shape::MapOf(_) | Shape::Either(_) => parse(&file, report)?,
        _ => {
            let content = Content::Scalar { text: file.text.trim().to_owned(), style: Style::Quoted };
            Node { content, span: 0..file.text.len() }
        }
    };
    Some(Written { path: leaf.path.clone(), file, node })
}

/// Shows the name alone: the value of a variable that nobody knows may be a password.
fn unknown_variable<'k>(name: &str, known: impl Iterator<Item = &'k str> + Clone) -> Diagnostic {
    let file = Arc::new(File::new("environment".to_owned(), name.to_owned()));
    let place = Place { file, span: 0..name.len() };
    if let Some((path, why)) = GONE.iter().find(|(path, _)| variable(path) == name) {
        let message = format!("`{name}` stands for `{path}`, which is no setting any more: {why}");
        return Diagnostic::error(&code::UNKNOWN_SETTING, place, message).help("take the variable out");
    }
    let finding =
        Diagnostic::error(&code::UNKNOWN_SETTING, place, format!("no setting belongs to the variable `{name}`"));
    let below: Vec<&str> =
        known.clone().filter(|known| known.strip_prefix(name).is_some_and(|rest| rest.starts_with('_'))).collect();
    if !below.is_empty() {
        return finding.help(format!("it holds several settings, each with a variable: {}", listed(below)));
    }
    match did_you_mean(name, known) {
        Some(meant) => finding.help(format!("did you mean `{meant}`?")),
        None => finding.help("variables are named after the keys of gateway.yaml: `HOOKGATE_LIMITS_BODY_BYTES`"),
    }
}

/// What Kubernetes puts into every container beside a service called `hookgate` or `hookgate-…`:
/// `HOOKGATE_SERVICE_HOST`, `HOOKGATE_PORT`, `HOOKGATE_PORT_8080_TCP_ADDR`, …. Nobody wrote these.
fn is_service_link(name: &str) -> bool {
    let is_port = |rest: &str| {
        let mut parts = rest.split('_');
        parts.next().is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
            && parts.next().is_some_and(|protocol| matches!(protocol, "TCP" | "UDP" | "SCTP"))
    };
    name.ends_with("_SERVICE_HOST")
        || name.ends_with("_PORT")
        || name.contains("_SERVICE_PORT")
        || name.split_once("_PORT_").is_some_and(|(_, rest)| is_port(rest))
}
