//! Prints what tests reach of the rules: for people, for programs, and as a tracefile for editors and build servers.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::json;

use crate::engine::testing::coverage::{Coverage, Item, Kind};

/// What is counted of each kind, in the order in which it is told.
const COUNTED: [(Kind, &str, &str); 3] = [
    (Kind::Rule, "rules", "rules held"),
    (Kind::Row, "rows", "table rows hit"),
    (Kind::Condition, "outcomes", "outcomes of conditions seen"),
];

/// For people: the sums, then each thing that is missing, by its file and line.
pub fn to_text(coverage: &Coverage) -> String {
    let mut sums = Vec::new();
    for (kind, _, words) in COUNTED {
        let share = coverage.share(kind);
        if share.total > 0 {
            sums.push(format!("{} of {} {words} ({} %)", share.reached, share.total, share.percent()));
        }
    }
    let mut out = format!("coverage: {}\n", sums.join(", "));
    for item in coverage.items() {
        if let Some(what) = missing(item) {
            let ask = item.ask.as_ref().map(|ask| format!("  ({ask})")).unwrap_or_default();
            let _ = writeln!(out, "  {}  {what}{ask}", item.place.file_line());
        }
    }
    out
}

/// What no test did with an item, in words.
fn missing(item: &Item) -> Option<String> {
    let name = &item.name;
    match (item.kind, item.held > 0, item.not_held > 0) {
        (Kind::Rule | Kind::Row, true, _) | (Kind::Condition, true, true) => None,
        (Kind::Rule, false, _) => Some(format!("rule {name} never held")),
        (Kind::Row, false, _) => Some(format!("{name} was never hit: {}", item.cells.join(" | "))),
        (Kind::Condition, false, false) => Some(format!("`{name}` was never looked at")),
        (Kind::Condition, false, true) => Some(format!("`{name}` never held")),
        (Kind::Condition, true, false) => Some(format!("`{name}` never failed to hold")),
    }
}

/// For programs: the sums, and every item with its counts.
pub fn to_json(coverage: &Coverage) -> serde_json::Value {
    let mut json = serde_json::Map::new();
    for (kind, name, _) in COUNTED {
        let share = coverage.share(kind);
        let sum = json!({ "reached": share.reached, "total": share.total, "percent": share.percent() });
        json.insert(name.to_owned(), sum);
    }
    let item = |item: &Item| {
        let (line, column) = item.place.line_column();
        let mut json = json!({
            "kind": match item.kind { Kind::Rule => "rule", Kind::Row => "row", Kind::Condition => "condition" },
            "name": item.name,
            "file": item.place.file.name,
            "line": line,
            "column": column,
            "held": item.held,
        });
        if let (Some(ask), Some(object)) = (&item.ask, json.as_object_mut()) {
            object.insert("ask".to_owned(), json!(ask));
        }
        if let (Kind::Condition, Some(object)) = (item.kind, json.as_object_mut()) {
            object.insert("not_held".to_owned(), json!(item.not_held));
        }
        if let (Kind::Row, Some(object)) = (item.kind, json.as_object_mut()) {
            object.insert("cells".to_owned(), json!(item.cells));
        }
        if let (Some(missing), Some(object)) = (missing(item), json.as_object_mut()) {
            object.insert("missing".to_owned(), json!(missing));
        }
        json
    };
    json.insert("items".to_owned(), coverage.items().map(item).collect());
    json.into()
}

/// A tracefile of `lcov`: a rule is a function, a line has the hits of what stands on it, a condition is a branch with two ways.
pub fn to_lcov(coverage: &Coverage) -> String {
    let mut out = String::new();
    for (file, items) in coverage.files() {
        let _ = writeln!(out, "TN:\nSF:{file}");
        let mut tally = Tally::default();
        items.for_each(|item| tally.add(item));
        tally.write(&mut out);
        out += "end_of_record\n";
    }
    out
}

/// One file's records.
#[derive(Default)]
struct Tally {
    functions: Vec<(usize, String, u64)>,
    branches: Vec<(usize, [u64; 2])>,
    lines: BTreeMap<usize, u64>,
}

impl Tally {
    fn add(&mut self, item: &Item) {
        let line = item.place.line();
        // Where several things share a line, it is run when one of them is: their readers check a line against its branches.
        let hits = self.lines.entry(line).or_default();
        *hits = (*hits).max(item.held + item.not_held);
        match item.kind {
            Kind::Rule => self.functions.push((line, item.name.clone(), item.held)),
            Kind::Condition => self.branches.push((line, [item.held, item.not_held])),
            Kind::Row => {}
        }
    }

    fn write(&self, out: &mut String) {
        for (line, name, _) in &self.functions {
            let _ = writeln!(out, "FN:{line},{name}");
        }
        for (_, name, held) in &self.functions {
            let _ = writeln!(out, "FNDA:{held},{name}");
        }
        let reached = self.functions.iter().filter(|(_, _, held)| *held > 0).count();
        let _ = writeln!(out, "FNF:{}\nFNH:{reached}", self.functions.len());
        let mut reached = 0;
        for (block, (line, outcomes)) in self.branches.iter().enumerate() {
            let is_looked_at = outcomes.iter().any(|times| *times > 0);
            for (branch, times) in outcomes.iter().enumerate() {
                let taken = if is_looked_at { times.to_string() } else { "-".to_owned() };
                let _ = writeln!(out, "BRDA:{line},{block},{branch},{taken}");
                reached += usize::from(*times > 0);
            }
        }
        let _ = writeln!(out, "BRF:{}\nBRH:{reached}", self.branches.len() * 2);
        for (line, hits) in &self.lines {
            let _ = writeln!(out, "DA:{line},{hits}");
        }
        let reached = self.lines.values().filter(|hits| **hits > 0).count();
        let _ = writeln!(out, "LF:{}\nLH:{reached}", self.lines.len());
    }
}
