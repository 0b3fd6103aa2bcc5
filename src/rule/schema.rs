//! The JSON Schema of rule files for editors, made from the tables by which they are read.

use serde_json::{Map, Value, json};

use super::condition::{COUNTED, Declared, IGNORE_CASE, Operand};
use super::grammar;
use crate::yaml::schema::{DIALECT, mapping};

/// The schema of rule files and test files (draft 2020-12). What needs the whole folder to judge is left to `hookgate check`.
#[must_use]
pub fn schema() -> Value {
    let own = |key: &str| (key == "when").then(|| json!({ "$ref": "#/$defs/condition" }));
    json!({
        "$schema": DIALECT,
        "title": "hookgate rule file",
        "anyOf": [mapping(&grammar::FILE, &own), table()],
        "$defs": { "condition": condition(), "operators": operators(false), "element": operators(true) },
    })
}

/// A YAML file that is a table: a list of rows.
fn table() -> Value {
    json!({ "type": "array", "items": { "type": "object" } })
}

/// Paths with what must hold of them.
fn condition() -> Value {
    let nested = json!({ "$ref": "#/$defs/condition" });
    let several = json!({ "anyOf": [{ "type": "array", "items": nested }, nested] });
    json!({
        "type": "object",
        "minProperties": 1,
        "properties": {
            "all": several,
            "any": several,
            "not": nested,
            "script": { "type": "string", "description": "a Rhai script that gives true or false" },
        },
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
