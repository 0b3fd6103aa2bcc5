//! Writes docs/settings.md, the JSON Schema of gateway.yaml, and the commented page of all settings.

use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::{Value, json};

use super::layer;
use super::leaf::{Leaf, leaves};
use super::listed::Listed;
use super::load::DEFAULTS;
use super::section::SETTINGS;
use crate::diagnostic::{File, Report, with_contents};
use crate::yaml::keys::Shape;
use crate::yaml::schema::{DIALECT, mapping};

/// The schema of gateway.yaml (draft 2020-12). What a section or a value may not be for other reasons is told when it is read.
#[must_use]
pub fn schema() -> Value {
    let mut schema = mapping(&SETTINGS, &|_| None);
    allow_nothing(&mut schema);
    if let Some(object) = schema.as_object_mut() {
        object.insert("$schema".to_owned(), json!(DIALECT));
        object.insert("title".to_owned(), json!("hookgate settings"));
    }
    schema
}

/// A key with nothing behind it, or `null`, is a section of which all is commented out, or a setting that is off.
fn allow_nothing(schema: &mut Value) {
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return };
    for property in properties.values_mut() {
        allow_nothing(property);
        let about = property.as_object_mut().and_then(|property| property.remove("description"));
        *property = json!({ "anyOf": [property.take(), { "type": "null" }], "description": about });
    }
}

/// Every setting with its default, its variable of the environment, and what it may be, as docs/settings.md.
#[must_use]
pub fn to_markdown() -> String {
    let file = Arc::new(File::new("gateway.yaml".to_owned(), DEFAULTS.to_owned()));
    let defaults = layer::of_file(&file, &mut Report::default());
    let default = |path: &str| {
        let written = defaults.iter().find(|written| written.path == path);
        written.and_then(|written| file.text.get(written.node.span.clone())).unwrap_or_default().trim().to_owned()
    };
    let mut out = String::from(
        "# Every setting\n\n\
         Generated from the tables by which settings are read; a test fails when this page is stale.\n\
         `hookgate settings --format yaml` says more about each. A variable of the environment is named after its setting:\n\
         `HOOKGATE_` and the keys in capitals, joined by `_`.\n",
    );
    let mut section = String::new();
    let (outside, inside): (Vec<Leaf>, Vec<Leaf>) = leaves().into_iter().partition(|leaf| !leaf.path.contains('.'));
    for leaf in outside.into_iter().chain(inside) {
        let of = leaf.path.split_once('.').map_or("", |(section, _)| section);
        if section != of || out.ends_with("`_`.\n") {
            let title = if of.is_empty() { "outside a section".to_owned() } else { format!("`{of}`") };
            let _ = write!(
                out,
                "\n## Settings {}{title}\n\n| setting | default | what it is |\n|---|---|---|\n",
                if of.is_empty() { "" } else { "of " }
            );
            of.clone_into(&mut section);
        }
        let default = default(&leaf.path).replace('|', "\\|");
        let about = leaf.about.replace('|', "\\|");
        let _ = writeln!(out, "| `{}` | `{default}` | {about}{} |", leaf.path, range(leaf.shape));
    }
    with_contents(&out)
}

/// How much further in each section of the page stands than the one around it.
const INDENT: usize = 2;

/// The commented page of these settings, each at its default. Above one that is something else stands its value in force.
#[must_use]
pub fn commented(listed: &[Listed], is_whole: bool) -> String {
    // The sections that the line stands in, from the outside in: the path of each, and its text until it is written.
    let (mut out, mut pending, mut sections) = (String::new(), String::new(), Vec::<(String, String)>::new());
    let (head, rest) = DEFAULTS.split_once("\n\n").unwrap_or(("", DEFAULTS));
    if is_whole {
        let _ = writeln!(out, "{head}\n");
    }
    for line in rest.lines() {
        let key = line.split_once(':').filter(|(key, _)| !key.trim_start().starts_with('#')).map(|(key, _)| key);
        let Some(key) = key else {
            let _ = writeln!(pending, "{line}");
            continue;
        };
        let (name, before) = (key.trim_start(), std::mem::take(&mut pending));
        let indent = key.len() - name.len();
        sections.truncate(indent / INDENT);
        let path = sections.last().map_or_else(|| name.to_owned(), |(section, _)| format!("{section}.{name}"));
        let Some(setting) = listed.iter().find(|setting| setting.path == path) else {
            sections.push((path, format!("{before}{line}\n")));
            continue;
        };
        sections.iter_mut().for_each(|(_, text)| out += &std::mem::take(text));
        out += &before;
        if !setting.is_default {
            let _ = writeln!(out, "{:indent$}# in force: {} ({})", "", setting.value, setting.from);
        }
        let _ = writeln!(out, "{line}");
    }
    out.trim_start_matches('\n').to_owned()
}

/// What a value may be, where its sentence does not say it.
fn range(shape: &Shape) -> String {
    match shape {
        Shape::Within(from, to) => format!("; {from} to {to}"),
        Shape::OneOf(words) => {
            format!("; {}", words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "))
        }
        Shape::Any
        | Shape::Text
        | Shape::Boolean
        | Shape::Whole
        | Shape::Mapping(_)
        | Shape::MapOf(_)
        | Shape::ListOf(_)
        | Shape::Either(_) => String::new(),
    }
}
