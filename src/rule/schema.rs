//! The JSON Schema of rule files for editors, made from the tables by which they are read.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::condition::{COUNTED, Declared, IGNORE_CASE, Operand};
use super::field::USER_FIELDS;
use super::function::FUNCTIONS;
use super::grammar;
use crate::event::{Hooks, hook_sentences};
use crate::yaml::schema::{DIALECT, mapping};

/// The schema of rule files and test files (draft 2020-12). What needs the whole folder to judge is left to `hookgate check`.
#[must_use]
pub fn schema() -> Value {
    let at = |place: &str| Some(json!({ "$ref": format!("#/$defs/{place}") }));
    let own = |key: &str| match key {
        "when" => at("condition"),
        "hook" => at("hooks"),
        "sample" => at("hook"),
        "set" | "default" | "add" | "take" | "with" => at("changes"),
        "remove" | "inputs" => at("paths"),
        "let" => at("bindings"),
        "mappedValue" => at("value"),
        _ => None,
    };
    json!({
        "$schema": DIALECT,
        "title": "hookgate rule file",
        "anyOf": [mapping(&grammar::FILE, &own), table()],
        "$defs": {
            "condition": condition(),
            "operators": operators(false),
            "element": operators(true),
            "hook": hook(),
            "hooks": one_or_several("hook"),
            "path": { "anyOf": [{ "enum": paths().map(|(path, _)| path).collect::<Vec<_>>() }, { "type": TEXT }] },
            "paths": one_or_several("path"),
            "changes": { "type": "object", "properties": behind_paths("value"), "additionalProperties": { "$ref": "#/$defs/value" } },
            "bindings": { "type": "object", "additionalProperties": { "$ref": "#/$defs/value" } },
            "value": value(),
        },
    })
}

/// What YAML makes of a text without quotes.
const TEXT: [&str; 3] = ["string", "number", "boolean"];

fn one_or_several(what: &str) -> Value {
    let one = json!({ "$ref": format!("#/$defs/{what}") });
    json!({ "anyOf": [one, { "type": "array", "items": one }] })
}

/// The platform's twelve hooks; a tenant can have others.
fn hook() -> Value {
    let (names, sentences): (Vec<&str>, Vec<&str>) = hook_sentences().unzip();
    // The sentences are an extension that editors know under two names.
    let known = json!({ "enum": names, "enumDescriptions": sentences, "markdownEnumDescriptions": sentences });
    json!({ "anyOf": [known, { "type": TEXT }] })
}

/// Paths that the platform is known to send, each with a sentence. There are others: the user is an open object.
fn paths() -> impl Iterator<Item = (String, String)> {
    let of_user = USER_FIELDS.iter().map(|field| (format!("user.{}", field.name), field.on_form.about().to_owned()));
    let hooks = Hooks::standard();
    let mut of_requests: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for hook in hooks.rows {
        for field in hook.fields.into_iter().flatten() {
            of_requests.entry(field).or_default().push(hook.name.clone());
        }
    }
    let of_requests = of_requests
        .into_iter()
        .map(|(field, hooks)| (format!("request.{field}"), format!("a field of the request of {}", hooks.join(", "))));
    let others = [
        ("token.tenantId", "the tenant of the caller's token"),
        ("caller.address", "the address that the call comes from"),
        ("app", "the application id of the URL"),
        ("hook", "the hook that is called"),
    ];
    of_user.chain(of_requests).chain(others.map(|(path, about)| (path.to_owned(), about.to_owned())))
}

/// Each of these paths with what may stand behind it.
fn behind_paths(what: &str) -> Map<String, Value> {
    let behind = |(path, about)| (path, json!({ "$ref": format!("#/$defs/{what}"), "description": about }));
    paths().map(behind).collect()
}

/// Any value. An editor offers a call of each function.
fn value() -> Value {
    // The list of an example stands for one that the person has.
    let calls = FUNCTIONS.iter().filter_map(|function| function.examples.first());
    let calls = calls.filter(|(call, _)| !call.contains("(list,"));
    let calls: Vec<String> = calls.map(|(call, _)| format!("${{{call}}}")).collect();
    json!({ "examples": calls })
}

/// A YAML file that is a table: a list of rows.
fn table() -> Value {
    json!({ "type": "array", "items": { "type": "object" } })
}

/// Paths with what must hold of them.
fn condition() -> Value {
    let nested = json!({ "$ref": "#/$defs/condition" });
    let mut properties = behind_paths("operators");
    let mut several = |name: &str, about: &str| {
        let several = json!({ "anyOf": [{ "type": "array", "items": nested }, nested], "description": about });
        properties.insert(name.to_owned(), several);
    };
    several("all", "all of these conditions hold");
    several("any", "one of these conditions holds");
    properties.insert(
        "not".to_owned(),
        json!({ "$ref": "#/$defs/condition", "description": "this condition does not hold" }),
    );
    let script = json!({ "type": "string", "description": "a Rhai script that gives true or false" });
    properties.insert("script".to_owned(), script);
    json!({
        "type": "object",
        "minProperties": 1,
        "properties": properties,
        "additionalProperties": { "$ref": "#/$defs/operators" },
    })
}

/// What must hold of one value, or of an element of a list: a scalar is equality, a list membership, a mapping operators. An
/// element has fields, too.
fn operators(of_element: bool) -> Value {
    let mut properties = Map::new();
    let mut property = |name: &str, about: &str, mut value: Value| {
        if let Some(object) = value.as_object_mut() {
            object.insert("description".to_owned(), json!(about));
        }
        properties.insert(name.to_owned(), value);
    };
    let same = json!({ "$ref": if of_element { "#/$defs/element" } else { "#/$defs/operators" } });
    for (name, about, declared) in Declared::all() {
        let value = match (declared.operand, declared.operand.types()) {
            (Operand::Elements(_), _) => json!({ "$ref": "#/$defs/element" }),
            (Operand::Not, _) => same.clone(),
            (Operand::Count, types) => {
                json!({ "type": types, "properties": { COUNTED: { "$ref": "#/$defs/element" } } })
            }
            (_, []) => json!({}),
            (_, [one]) => json!({ "type": one }),
            (_, several) => json!({ "type": several }),
        };
        property(name, about, value);
    }
    property(IGNORE_CASE.0, IGNORE_CASE.1, json!({ "type": "boolean" }));
    let scalar = json!({ "type": ["string", "number", "boolean", "array"] });
    let mut mapping =
        json!({ "type": "object", "properties": properties, "additionalProperties": false, "minProperties": 1 });
    if let Some(mapping) = mapping.as_object_mut().filter(|_| of_element) {
        mapping.insert("patternProperties".to_owned(), json!({ "^[.\\[]": { "$ref": "#/$defs/operators" } }));
    }
    json!({ "anyOf": [scalar, mapping] })
}
