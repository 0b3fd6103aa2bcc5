//! Writes a value as YAML over several lines.

use serde_json::Value as Json;

/// Appends a value that stands behind a key or a dash; `indent` is how deep its lines stand.
pub fn write(value: &Json, indent: usize, out: &mut String) {
    match value {
        Json::Object(fields) if !fields.is_empty() => {
            for (key, value) in fields {
                out.push('\n');
                out.push_str(&" ".repeat(indent));
                out.push_str(&name(key));
                out.push(':');
                behind(value, indent + 2, out);
            }
        }
        Json::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            for item in items {
                out.push('\n');
                out.push_str(&" ".repeat(indent));
                out.push('-');
                match item {
                    Json::Object(fields) if !fields.is_empty() => {
                        let mut inner = String::new();
                        write(item, indent + 2, &mut inner);
                        out.push(' ');
                        out.push_str(inner.trim_start());
                    }
                    item => behind(item, indent + 2, out),
                }
            }
        }
        value => out.push_str(&value.to_string()),
    }
}

fn behind(value: &Json, indent: usize, out: &mut String) {
    let is_block = match value {
        Json::Object(fields) => !fields.is_empty(),
        Json::Array(items) => items.iter().any(|item| item.is_object() || item.is_array()),
        _ => false,
    };
    if !is_block {
        out.push(' ');
    }
    write(value, indent, out);
}

/// A key, in quotes where it might be read as anything but a text.
fn name(key: &str) -> String {
    let is_plain = key.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && key.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.'))
        && !["null", "true", "false", "yes", "no", "on", "off", "y", "n"].contains(&key.to_lowercase().as_str());
    if is_plain { key.to_owned() } else { Json::from(key).to_string() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_written_is_read_as_it_was() {
        let value = json!({
            "tests": [{ "name": "a: \"b\" # c", "given": { "lookups": { "people": { "7": [{ "x": 1.50, "no": null }], "k, l=m": [] } } } }],
            "list": ["a", "1", 2, true], "empty": {}, "nested": [[1, [2]], { "a": [] }], "yes": "null", "é": "\u{2028}\n"
        });
        let mut text = String::new();
        write(&value, 0, &mut text);
        let node = crate::yaml::syntax::parse_text(&text).unwrap_or_else(|why| panic!("{why}\n{text}"));
        assert_eq!(json_of(&node), stringly(&value), "{text}");
    }

    fn json_of(node: &crate::yaml::Node) -> Json {
        use crate::yaml::Content;
        match &node.content {
            Content::Scalar { text, .. } => Json::from(text.as_str()),
            Content::List(items) => items.iter().map(json_of).collect(),
            Content::Map(entries) => {
                Json::Object(entries.iter().map(|entry| (entry.key.clone(), json_of(&entry.value))).collect())
            }
        }
    }

    fn stringly(value: &Json) -> Json {
        match value {
            Json::Object(fields) => {
                Json::Object(fields.iter().map(|(key, value)| (key.clone(), stringly(value))).collect())
            }
            Json::Array(items) => items.iter().map(stringly).collect(),
            Json::String(text) => Json::from(text.as_str()),
            other => Json::from(other.to_string()),
        }
    }
}
