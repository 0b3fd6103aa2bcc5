//! The JSON Schema (draft 2020-12) of mappings a person writes, made from the tables by which they are read.

use serde_json::{Map, Value, json};

use super::keys::{Keys, Shape};

/// The version of JSON Schema.
pub const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The schema of a mapping. `own` has the schema of keys that their shape does not say all of.
pub fn mapping(keys: &'static Keys, own: &impl Fn(&str) -> Option<Value>) -> Value {
    let mut properties = Map::new();
    for key in keys.keys {
        let mut value = own(key.name).unwrap_or_else(|| shape(&key.shape, own));
        if let Some(object) = value.as_object_mut() {
            object.insert("description".to_owned(), json!(key.about));
        }
        properties.insert(key.name.to_owned(), value);
    }
    let required: Vec<&str> = keys.keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn shape(shape: &'static Shape, own: &impl Fn(&str) -> Option<Value>) -> Value {
    match shape {
        Shape::Any => json!({}),
        // YAML reads an unquoted 12 or true as no text; where hookgate takes the letters, so does the schema.
        Shape::Text => json!({ "type": ["string", "number", "boolean"] }),
        Shape::Boolean => json!({ "type": "boolean" }),
        Shape::Whole => json!({ "type": "integer", "minimum": 0 }),
        Shape::Within(from, to) => json!({ "type": "integer", "minimum": from, "maximum": to }),
        Shape::OneOf(words) => json!({ "enum": words }),
        Shape::Mapping(keys) => mapping(keys, own),
        Shape::MapOf(inner) => json!({ "type": "object", "additionalProperties": self::shape(inner, own) }),
        Shape::ListOf(inner) => json!({ "type": "array", "items": self::shape(inner, own) }),
        Shape::Either(shapes) => {
            json!({ "anyOf": shapes.iter().map(|shape| self::shape(shape, own)).collect::<Vec<_>>() })
        }
    }
}
