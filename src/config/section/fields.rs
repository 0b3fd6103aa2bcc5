//! `fields:` of gateway.yaml: fields of the user beside the platform's own.

use std::collections::BTreeMap;

use crate::config::value::Value;
use crate::diagnostic::code;
use crate::rule::FieldKind;
use crate::yaml::keys::Shape;
use crate::yaml::{Content, Node};

/// What stands behind the name of a field.
pub const FIELD: Shape =
    Shape::Either(&[Shape::OneOf(&["text", "number", "true_false", "date", "list"]), Shape::ListOf(&Shape::Text)]);

/// The fields by their names.
pub fn fields(value: &mut Value<'_, '_>) -> BTreeMap<String, FieldKind> {
    let mut fields = BTreeMap::new();
    let node = value.node;
    for entry in value.reader.entries(node, "`fields`").unwrap_or_default() {
        let name = entry.key.trim();
        let is_path = ["user.", "attr.", "request."].iter().any(|root| name.starts_with(root));
        if name.is_empty() || is_path {
            let message = format!("`{}` is not a name of a field", entry.key);
            let finding = value.reader.mistake(&code::BAD_SETTING, &entry.key_span, message);
            let help =
                "write the name alone, `costCentre: text`: it counts for `user.costCentre` and `attr.costCentre`";
            value.reader.push(finding.help(help));
            continue;
        }
        if let Some(kind) = kind(value, name, &entry.value) {
            fields.insert(name.to_owned(), kind);
        }
    }
    fields
}

fn kind(value: &mut Value<'_, '_>, name: &str, node: &Node) -> Option<FieldKind> {
    if !matches!(node.content, Content::List(_)) {
        let word = node.scalar().filter(|_| !node.is_null());
        let kind = FieldKind::WORDS.iter().find(|(known, _)| Some(*known) == word);
        if kind.is_none() {
            let found = word.map_or(node.kind_name().to_owned(), |text| format!("`{text}`"));
            let message = format!("field `{name}` holds `text`, `number`, `true_false`, `date` or `list`, not {found}");
            let finding = value.reader.mistake(&code::BAD_SETTING, &node.span, message);
            value
                .reader
                .push(finding.help("where it can only be one of some values, write them as a list: `[day, night]`"));
        }
        return kind.map(|(_, kind)| kind.clone());
    }
    let mut values: Vec<String> = Vec::new();
    for (text, span) in value.reader.texts(node, "a value of a field") {
        if text.trim().is_empty() || values.iter().any(|known| known == text) {
            let what =
                if text.trim().is_empty() { "is blank".to_owned() } else { format!("`{text}` stands there twice") };
            let message = format!("a value of field `{name}` {what}");
            let finding = value.reader.mistake(&code::BAD_SETTING, span, message);
            value.reader.push(finding.help("name each value once; a blank field is always possible"));
            continue;
        }
        values.push(text.to_owned());
    }
    if values.is_empty() {
        let message = format!("field `{name}` has no value it could hold");
        let finding = value.reader.mistake(&code::BAD_SETTING, &node.span, message);
        value.reader.push(finding.help("name the values, `[day, night]`, or write `text`"));
        return None;
    }
    Some(FieldKind::OneOf(values))
}
