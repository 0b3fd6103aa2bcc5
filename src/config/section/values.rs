//! `settings:` of gateway.yaml: values that rules read as `setting.NAME`.

use std::collections::BTreeMap;

use crate::config::value::Value;
use crate::diagnostic::{Diagnostic, Place, Report, code};
use crate::event;
use crate::event::secret::SecretNames;
use crate::yaml::keys::Shape;
use crate::yaml::{Content, Node, Purpose};

/// What stands behind the name of a setting.
pub const SETTING: Shape = Shape::Any;

/// Most settings, and the longest of them, in bytes of JSON: records have what rules read of them.
const SETTINGS_LIMIT: usize = 200;
const SETTING_LIMIT_BYTES: usize = 4096;

/// The values by their names, and where each name stands.
type Settings = (BTreeMap<String, event::Value<'static>>, Vec<(String, Place)>);

/// The settings, with what is wrong with them told.
pub fn settings(value: &mut Value<'_, '_>) -> Settings {
    let (mut settings, mut places) = (BTreeMap::new(), Vec::new());
    let node = value.node;
    let entries = value.reader.entries(node, "`settings`").unwrap_or_default();
    if entries.len() > SETTINGS_LIMIT {
        let message = format!("there are {} settings, more than {SETTINGS_LIMIT}", entries.len());
        let finding = value.reader.mistake(&code::BAD_SETTING, &node.span, message);
        value.reader.push(finding.help("what is a list of many belongs into a table beside the rules"));
        return (settings, places);
    }
    for entry in entries {
        let name = entry.key.as_str();
        let mut letters = name.chars();
        let is_name = letters.next().is_some_and(char::is_alphabetic)
            && letters.all(|letter| letter.is_alphanumeric() || letter == '_');
        if !is_name {
            let message = format!("`{name}` cannot be the name of a setting");
            let finding = value.reader.mistake(&code::BAD_SETTING, &entry.key_span, message);
            value
                .reader
                .push(finding.help("a name is a letter, then letters, digits and `_`, as rules write `setting.NAME`"));
            continue;
        }
        places.push((name.to_owned(), value.reader.place(&entry.key_span)));
        if let Some(read) = read(value, name, &entry.value) {
            settings.insert(name.to_owned(), read);
        }
    }
    (settings, places)
}

fn read(value: &mut Value<'_, '_>, name: &str, node: &Node) -> Option<event::Value<'static>> {
    let is_scalar = |node: &Node| matches!(node.content, Content::Scalar { .. }) && !node.is_null();
    let is_plain = match &node.content {
        Content::List(items) => items.iter().all(is_scalar),
        Content::Scalar { .. } | Content::Map(_) => is_scalar(node),
    };
    let texts: Vec<&str> = match &node.content {
        Content::List(items) => items.iter().filter_map(Node::scalar).collect(),
        Content::Scalar { .. } | Content::Map(_) => node.scalar().into_iter().collect(),
    };
    let refused = if !is_plain {
        Some((
            format!("setting `{name}` is {}", node.kind_name()),
            "write a text, a number, true or false, or a list of these",
        ))
    } else if texts.iter().any(|text| text.contains("${")) {
        Some((
            format!("setting `{name}` has `${{` in it"),
            "a setting is a plain value, and never a credential: rules, pages and records show it",
        ))
    } else if texts.iter().map(|text| text.len()).sum::<usize>() > SETTING_LIMIT_BYTES {
        Some((
            format!("setting `{name}` is longer than {SETTING_LIMIT_BYTES} bytes"),
            "put a long list into a table beside the rules",
        ))
    } else {
        None
    };
    match refused {
        Some((message, help)) => {
            let finding = value.reader.mistake(&code::BAD_SETTING, &node.span, message);
            value.reader.push(finding.help(help));
            None
        }
        None => Some(value.reader.literal(node, Purpose::Field(""))),
    }
}

/// Refuses settings by the names of secrets: what they hold would be shown.
pub fn refuse_secrets(places: &[(String, Place)], secrets: &SecretNames, report: &mut Report) {
    for (name, place) in places.iter().filter(|(name, _)| secrets.has_key(name)) {
        let message = format!(
            "setting `{name}` has the name of a secret, and no setting is one: rules, pages and records show it"
        );
        let finding = Diagnostic::error(&code::BAD_SETTING, place.clone(), message);
        report.push(finding.help("credentials of lookups and destinations stand at `connections` and `destinations`; other values get another name"));
    }
}
