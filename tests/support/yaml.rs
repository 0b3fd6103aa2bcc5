//! A YAML text as the JSON value that an editor's schema checker sees.

use std::sync::Arc;

use hookgate::diagnostic::{File, Report};
use hookgate::yaml::syntax::parse;
use hookgate::yaml::{Content, Node, Style};
use serde_json::Value;

/// The text as JSON; nothing when it is no YAML.
pub fn to_json(text: &str) -> Option<Value> {
    let file = Arc::new(File::new("file.yaml".to_owned(), text.to_owned()));
    parse(&file, &mut Report::default()).map(|node| value(&node))
}

fn value(node: &Node) -> Value {
    match &node.content {
        Content::Scalar { text, style: Style::Plain } => plain(text),
        Content::Scalar { text, .. } => Value::from(&**text),
        Content::List(items) => items.iter().map(value).collect(),
        Content::Map(entries) => entries.iter().map(|entry| (entry.key.clone(), value(&entry.value))).collect(),
    }
}

/// YAML's core schema: what an unquoted scalar is.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        number if number.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) => number
            .parse::<i64>()
            .map(Value::from)
            .ok()
            .or_else(|| number.parse::<f64>().map(Value::from).ok())
            .unwrap_or_else(|| Value::from(number)),
        text => Value::from(text),
    }
}
