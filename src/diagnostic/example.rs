//! An event that shows a finding, as a command that a person can run.

use serde_json::json;

/// An event that shows a finding: `hookgate dry-run` decides it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    pub hook: String,
    /// What is changed in the hook's sample, as `dry-run --set` takes it.
    pub changes: Vec<String>,
    /// The application id of the path.
    pub app: Option<String>,
    /// The whole body.
    pub body: String,
    /// Whether the hook has a sample; without one, `dry-run` is handed the body.
    pub is_of_sample: bool,
}

impl Example {
    /// The command that shows it, for a shell.
    #[must_use]
    pub fn command(&self) -> String {
        let mut words = vec!["hookgate".to_owned(), "dry-run".to_owned(), quoted(&self.hook)];
        match self.is_of_sample {
            true => words.extend(self.changes.iter().map(|change| format!("--set {}", quoted(change)))),
            false => words.push("-".to_owned()),
        }
        words.extend(self.app.iter().map(|app| format!("--app {}", quoted(app))));
        let command = words.join(" ");
        if self.is_of_sample { command } else { format!("echo {} | {command}", quoted(&self.body)) }
    }

    /// For programs: one JSON object.
    pub(super) fn to_json(&self) -> serde_json::Value {
        let body: serde_json::Value = serde_json::from_str(&self.body).unwrap_or_default();
        json!({ "hook": self.hook, "app": self.app, "set": self.changes, "body": body, "command": self.command() })
    }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_=:.,/@+%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}
