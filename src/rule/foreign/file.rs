//! Recognises YAML files that are no rule files: settings of hookgate, or files of another program.
//!
//! One sentence is reported about such a file, and not one for each of its keys.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, File, Place, code, did_you_mean};
use crate::rule::grammar;
use crate::yaml::{Content, Node, listed, wrong_word};

/// Keys of gateway.yaml; `rules`, `lookups` and `hooks` are left out, since rule files have such words too.
pub const SETTINGS: [&str; 22] = [
    "accepted",
    "admin",
    "auth",
    "connections",
    "dates",
    "destinations",
    "fields",
    "insecure",
    "instance",
    "journal",
    "limits",
    "listen",
    "log",
    "on_failure",
    "outbox",
    "prefixes",
    "reload",
    "secrets",
    "settings",
    "time_zone",
    "tls",
    "traces",
];

/// What is told of a file that is no rule file; nothing for one that is, however wrong.
pub fn finding(file: &Arc<File>, root: &Node) -> Option<Diagnostic> {
    let Content::Map(entries) = &root.content else { return None };
    let is_list = |key| root.get(key).is_some_and(|node| matches!(node.content, Content::List(_)));
    let ours = entries.iter().filter(|entry| grammar::FILE.names().any(|name| name == entry.key)).count();
    let settings = entries.iter().find(|entry| SETTINGS.contains(&entry.key.as_str()));
    let place = |span| Place { file: Arc::clone(file), span };
    let name = file.short_name();
    if let Some(setting) = settings.filter(|_| !is_list("rules") && !is_list("tests")) {
        let message = format!("`{name}` holds settings (`{}`), and no rules", setting.key);
        let finding = Diagnostic::error(&code::NO_RULE_FILE, place(setting.key_span.clone()), message);
        let help =
            "name the folder with the rules alone, `--rules rules`; settings are read from `--config gateway.yaml`";
        return Some(finding.help(help));
    }
    let first = entries.first().filter(|_| ours == 0)?;
    let is_near = |key: &str| {
        wrong_word::cure(grammar::FILE.what, key).is_some() || did_you_mean(key, grammar::FILE.names()).is_some()
    };
    if entries.iter().any(|entry| is_near(&entry.key)) {
        return None;
    }
    let message = format!("`{name}` is not a rule file: it has none of the keys {}", listed(grammar::FILE.names()));
    let finding = Diagnostic::error(&code::NO_RULE_FILE, place(first.key_span.clone()), message);
    Some(finding.help("keep files of other programs out of the rules folder, or write the rules below `rules:`"))
}
