//! Prints the results of the tests: a table for people, JSON for programs.

use std::fmt::Write as _;

use serde_json::json;

use super::start::{Consequence, Note, Obstacle};
use super::tried::{Kind, Tried, Wrong};
use crate::diagnostic::escaped;
use crate::report::counted::counted;

/// Everything that was tried.
#[derive(Clone, Debug)]
pub struct Trials {
    pub tried: Vec<Tried>,
    /// What keeps `serve` from starting.
    pub obstacles: Vec<Obstacle>,
    /// What is worth knowing.
    pub notes: Vec<Note>,
    /// Whether the rules compile.
    pub compiles: bool,
    /// Whether there is a rule file at all.
    pub has_rules: bool,
    /// The folder of the rules.
    pub rules: String,
}

impl Trials {
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.compiles && self.has_rules && self.failed() == 0 && self.obstacles.is_empty()
    }

    /// One line for each: how it went, name, kind, address, time, what was found, who asks.
    #[must_use]
    pub fn to_text(&self) -> String {
        let widest = |text: fn(&Tried) -> &str| {
            self.tried.iter().map(|tried| text(tried).chars().count()).max().unwrap_or_default()
        };
        let widths =
            [widest(|tried| &tried.name), widest(|tried| tried.kind.word()).max(4), widest(|tried| &tried.address)];
        let mut out: String = self.tried.iter().map(|tried| line(tried, widths)).collect();
        for Obstacle { name, wrong, consequence } in &self.obstacles {
            let _ = writeln!(out, "failed  {name}  {}: {}", consequence.told(), wrong.message);
            if let Some(help) = &wrong.help {
                let _ = writeln!(out, "        help: {help}");
            }
        }
        for Note { name, message, help } in &self.notes {
            let _ = writeln!(out, "note    {name}  {message}\n        help: {help}");
        }
        let folder = &self.rules;
        if !self.has_rules {
            let _ = writeln!(
                out,
                "there are no rules in `{folder}`, so that nothing asks a connection: name their folder with `--rules DIR`, \
                 or write starter rules with `hookgate init DIR`"
            );
        } else if !self.compiles {
            let _ = writeln!(
                out,
                "the rules in `{folder}` do not compile, so nobody knows what they ask: see `hookgate check`"
            );
        }
        out + &self.sum() + "\n"
    }

    /// What was tried, and how much of it failed.
    #[must_use]
    pub fn sum(&self) -> String {
        let (connections, destinations) = (self.connections(), self.destinations());
        let parts = [
            (connections > 0).then(|| counted(connections, "connection")),
            (destinations > 0).then(|| counted(destinations, "destination")),
            (destinations > 0).then(|| "the outbox".to_owned()),
            (self.issuers() > 0).then(|| "the keys of `auth.jwt`".to_owned()),
            (self.collectors() > 0).then(|| "the collector of traces".to_owned()),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let counted = match parts.as_slice() {
            [] => return "gateway.yaml has neither connections nor destinations, nor published keys, nor a collector of traces".to_owned(),
            [only] => only.clone(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        };
        format!("{counted}, {} failed", self.failed())
    }

    #[must_use]
    pub fn to_json(&self) -> String {
        let line = |tried: &Tried| {
            let wrong = tried.outcome.as_ref().err();
            let line = json!({
                "name": tried.name,
                "kind": tried.kind.word(),
                "address": tried.address,
                "ok": wrong.is_none(),
                "milliseconds": u64::try_from(tried.millis).unwrap_or(u64::MAX),
                "found": tried.outcome.as_ref().ok(),
                "trouble": wrong.map(|wrong| &wrong.message),
                "help": wrong.and_then(|wrong| wrong.help.as_ref()),
                "lookups": tried.lookups,
            });
            format!("{line}\n")
        };
        let obstacle = |Obstacle { name, wrong, consequence: _ }: &Obstacle| {
            let line =
                json!({ "name": name, "kind": "start", "ok": false, "trouble": wrong.message, "help": wrong.help });
            format!("{line}\n")
        };
        let note = |Note { name, message, help }: &Note| {
            let line = json!({ "name": name, "kind": "note", "ok": true, "found": message, "help": help });
            format!("{line}\n")
        };
        let sum = json!({
            "would_start": !self.obstacles.iter().any(|obstacle| obstacle.consequence == Consequence::NoStart),
            "connections": self.connections(),
            "destinations": self.destinations(),
            "issuers": self.issuers(),
            "collectors": self.collectors(),
            "failed": self.failed(),
            "rules_compile": self.compiles,
            "rules_found": self.has_rules,
        });
        let lines = self.tried.iter().map(line).chain(self.obstacles.iter().map(obstacle));
        lines.chain(self.notes.iter().map(note)).chain([format!("{sum}\n")]).collect()
    }

    fn failed(&self) -> usize {
        self.tried.iter().filter(|tried| tried.outcome.is_err()).count()
    }

    fn connections(&self) -> usize {
        self.count(|kind| matches!(kind, Kind::Connection(_)))
    }

    fn destinations(&self) -> usize {
        self.count(|kind| kind == Kind::Destination)
    }

    /// Whoever publishes keys of tokens.
    fn issuers(&self) -> usize {
        self.count(|kind| kind == Kind::Jwks)
    }

    fn collectors(&self) -> usize {
        self.count(|kind| kind == Kind::Collector)
    }

    fn count(&self, is_meant: impl Fn(Kind) -> bool) -> usize {
        self.tried.iter().filter(|tried| is_meant(tried.kind)).count()
    }
}

/// The line, and below it what to do.
fn line(tried: &Tried, [name_width, kind_width, address_width]: [usize; 3]) -> String {
    let Tried { name, address, millis, .. } = tried;
    let (word, found) = match &tried.outcome {
        Ok(found) => ("ok    ", escaped(found)),
        Err(wrong) => ("failed", escaped(&wrong.message)),
    };
    let asked = match (tried.kind, tried.lookups) {
        (Kind::Connection(_), Some(0)) => "; asked by no lookup".to_owned(),
        (Kind::Connection(_), Some(count)) => format!("; asked by {}", counted(count, "lookup")),
        _ => String::new(),
    };
    let kind = tried.kind.word();
    let mut line = format!(
        "{word}  {name:name_width$}  {kind:kind_width$}  {address:address_width$}  {millis:>4} ms  {found}{asked}\n"
    );
    if let Err(Wrong { help: Some(help), .. }) = &tried.outcome {
        let _ = writeln!(line, "        help: {}", escaped(help));
    }
    line
}
