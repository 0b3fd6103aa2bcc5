//! The JSON Schema of rule files for editors, made from the tables by which they are read.

use serde_json::{Map, Value, json};

use super::condition::{OPERATORS, OTHER_OPERATORS};
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
        "$defs": { "condition": condition(), "operators": operators() },
    })
}

/// A YAML file that is a table: a list of rows.
fn table() -> Value {
    json!({ "type": "array", "items": { "type": "object" } })
}

/// A script, or paths with what must hold of them.
fn condition() -> Value {
    let nested = json!({ "$ref": "#/$defs/condition" });
    let several = json!({ "anyOf": [{ "type": "array", "items": nested }, nested] });
    json!({
        "anyOf": [
            { "type": "string", "description": "a Rhai script that gives true or false" },
            {
                "type": "object",
                "minProperties": 1,
                "properties": {
                    "all": several,
                    "any": several,
                    "not": nested,
                    "script": { "type": "string", "description": "a Rhai script that gives true or false" },
                },
                "additionalProperties": { "$ref": "#/$defs/operators" },
            },
        ],
    })
}

/// What must hold of one value: a scalar is equality, a list membership, a mapping operators.
fn operators() -> Value {
    let mut properties = Map::new();
    for (name, about) in OPERATORS.iter().chain(&OTHER_OPERATORS) {
        let mut value = match *name {
            "any" | "every" | "not" => json!({ "$ref": "#/$defs/operators" }),
            "present" | "empty" | "ignore_case" => json!({ "type": "boolean" }),
            "in" | "not_in" => json!({ "type": ["array", "string"] }),
            "matches" | "found_in" => json!({ "type": "string" }),
            "length" => json!({ "type": ["integer", "object"] }),
            _ => json!({}),
        };
        if let Some(object) = value.as_object_mut() {
            object.insert("description".to_owned(), json!(about));
        }
        properties.insert((*name).to_owned(), value);
    }
    let scalar = json!({ "type": ["string", "number", "boolean", "array"] });
    json!({ "anyOf": [scalar, { "type": "object", "properties": properties, "additionalProperties": false, "minProperties": 1 }] })
}
