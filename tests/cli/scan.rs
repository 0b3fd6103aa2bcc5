//! `hookgate scan`: a whole export decided, and who would be refused, changed or deprovisioned.

mod against;
mod columns;
mod files;
mod found;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::program::Program;

/// `hookgate scan WORDS…` in a folder.
fn scan(folder: &TempDir, words: &[&str]) -> Program {
    Program::new(["scan"].into_iter().chain(words.iter().copied())).within(folder.path())
}

/// What a scan that ends with this code tells programs.
fn told(folder: &TempDir, words: &[&str], code: i32) -> Value {
    let json = scan(folder, &[words, &["--format", "json"]].concat()).run().expect(code);
    serde_json::from_str(&json).unwrap()
}

/// The groups of all hooks, each as `hook: told by: person, person`, without the places of rules.
fn groups(told: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for hook in told["hooks"].as_array().unwrap() {
        for group in hook["groups"].as_array().unwrap() {
            let people: Vec<&str> =
                group["people"].as_array().unwrap().iter().map(|one| one["person"].as_str().unwrap_or("-")).collect();
            assert_eq!(group["count"], people.len());
            let (hook, what) = (hook["hook"].as_str().unwrap(), group["told"].as_str().unwrap());
            let rule = group["rule"].as_str().map_or_else(String::new, |rule| format!(" by {rule}"));
            lines.push(format!("{hook}: {what}{rule}: {}", people.join(", ")));
        }
    }
    lines
}

/// The remarks on the file, each as `place: message`.
fn notes(told: &Value) -> Vec<String> {
    let note = |note: &Value| format!("{}: {}", note["at"].as_str().unwrap(), note["message"].as_str().unwrap());
    told["notes"].as_array().unwrap().iter().map(note).collect()
}
