//! Prints the result of a scan: text for people, one JSON object for programs.

use std::fmt::Write as _;

use serde_json::json;

use super::columns::Taken;
use super::export::Export;
use super::groups::{OfHook, Person};
use super::note::Note;
use super::outcome::Group;
use crate::diagnostic::escaped;
use crate::rule::short_hash;

/// All that came of a scan.
pub(super) struct Scanned {
    /// The rules folder, and the hash of its content.
    pub(super) rules: (String, String),
    /// The folder it is compared with.
    pub(super) against: Option<(String, String)>,
    pub(super) export: Export,
    pub(super) taken: Vec<Taken>,
    /// How many people were decided.
    pub(super) people: usize,
    pub(super) of_hooks: Vec<OfHook>,
    pub(super) seconds: f64,
}

/// A number with its thousands apart: `10 000`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let is_start = |n: usize| n > 0 && n % 3 == first;
    digits.chars().enumerate().fold(String::new(), |out, (n, digit)| match is_start(n) {
        true => format!("{out} {digit}"),
        false => format!("{out}{digit}"),
    })
}

/// `1 person`, `10 000 people`.
fn people(count: usize) -> String {
    format!("{} {}", grouped(count), if count == 1 { "person" } else { "people" })
}

impl Scanned {
    /// Whether anybody is listed, or could not be decided.
    pub(super) fn has_found(&self) -> bool {
        self.of_hooks.iter().any(OfHook::has_found) || self.export.notes.iter().any(|note| note.is_lost)
    }

    /// For people: at most `limit` of each group.
    pub(super) fn to_text(&self, limit: usize) -> String {
        let named = |(folder, hash): &(String, String)| format!("{} ({})", escaped(folder), short_hash(hash));
        let mut out = format!("{}: {}, ", escaped(&self.export.name), people(self.people));
        let _ = match &self.against {
            Some(against) => writeln!(out, "decided by {} and then by {}", named(against), named(&self.rules)),
            None => writeln!(out, "decided by {}", named(&self.rules)),
        };
        if self.against.as_ref().is_some_and(|(_, hash)| *hash == self.rules.1) {
            out += "both folders have the same rules\n";
        }
        self.write_columns(&mut out);
        let (lost, suspect): (Vec<&Note>, Vec<&Note>) = self.export.notes.iter().partition(|note| note.is_lost);
        write_notes("cannot be read", &lost, limit, &mut out);
        write_notes("to be looked at", &suspect, limit, &mut out);
        for of_hook in &self.of_hooks {
            self.write_hook(of_hook, limit, &mut out);
        }
        let _ = writeln!(out, "\n{} decided in {:.1} s", people(self.people), self.seconds);
        out
    }

    /// What each column was taken for.
    fn write_columns(&self, out: &mut String) {
        let requests = self.export.requests();
        if requests > 0 {
            let _ = writeln!(out, "\n{} in rows that are requests as the platform sends them", people(requests));
        }
        if self.taken.is_empty() {
            return;
        }
        *out += "\ncolumns\n";
        let width = self.taken.iter().map(|taken| escaped(&taken.column).chars().count()).max().unwrap_or_default();
        for taken in &self.taken {
            let name = escaped(&taken.column);
            let space = " ".repeat(width - name.chars().count());
            let path = taken.path.as_ref().map_or_else(|| "left out by the mapping".to_owned(), ToString::to_string);
            let almost = taken.almost.as_ref().map_or_else(String::new, |meant| format!("  (did you mean {meant}?)"));
            let blank = if taken.is_blank { "  (blank in every row)" } else { "" };
            let _ = writeln!(out, "  {name}{space}  {}{}{blank}", escaped(&path), escaped(&almost));
        }
    }

    fn write_hook(&self, of_hook: &OfHook, limit: usize, out: &mut String) {
        let _ = writeln!(out, "\n{}", of_hook.hook);
        for (group, members) in of_hook.groups() {
            let by = if group.by.is_empty() { String::new() } else { format!(", {}", group.by) };
            let _ = writeln!(out, "{:>8} {}{}", grouped(members.len()), escaped(&group.told), escaped(&by));
            for person in members.iter().take(limit) {
                let _ = writeln!(out, "           {}", escaped(&self.told(person)));
            }
            write_more(members.len(), limit, out);
        }
        let as_before = if self.against.is_some() { ", as before" } else { "" };
        for (word, count) in &of_hook.others {
            let _ = writeln!(out, "{:>8} {}{as_before}", grouped(*count), escaped(word));
        }
    }

    /// A person by their name, or by where they stand, with what is their own.
    fn told(&self, person: &Person) -> String {
        let at = || self.export.at(person.line);
        let name = person.name.clone().unwrap_or_else(at);
        if person.detail.is_empty() { name } else { format!("{name}  {}", person.detail) }
    }

    /// For programs, with all people.
    pub(super) fn to_json(&self) -> String {
        let columns = self.taken.iter().map(|taken| {
            let path = |path: &Option<crate::event::Path>| path.as_ref().map(ToString::to_string);
            json!({ "column": taken.column, "taken_for": path(&taken.path), "almost": path(&taken.almost), "blank": taken.is_blank })
        });
        let hooks = self.of_hooks.iter().map(|of_hook| {
            let groups: Vec<_> = of_hook.groups().into_iter().map(|group| self.group_to_json(group)).collect();
            json!({ "hook": of_hook.hook, "groups": groups, "others": of_hook.others })
        });
        let all = json!({
            "people": self.people,
            "rules": self.rules.1,
            "against": self.against.as_ref().map(|(_, hash)| hash),
            "requests": self.export.requests(),
            "columns": columns.collect::<Vec<_>>(),
            "notes": self.export.notes.iter().map(Note::to_json).collect::<Vec<_>>(),
            "hooks": hooks.collect::<Vec<_>>(),
            "seconds": self.seconds,
        });
        format!("{all}\n")
    }

    fn group_to_json(&self, (group, members): (&Group, &Vec<Person>)) -> serde_json::Value {
        let people = members
            .iter()
            .map(|person| json!({ "person": person.name, "at": self.export.at(person.line), "detail": person.detail }));
        json!({
            "what": group.what.word(),
            "told": group.told,
            "by": group.by,
            "rule": group.rule,
            "count": members.len(),
            "people": people.collect::<Vec<_>>(),
        })
    }
}

fn write_notes(heading: &str, notes: &[&Note], limit: usize, out: &mut String) {
    if notes.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{heading}");
    for note in notes.iter().take(limit) {
        let help = note.help.as_ref().map_or_else(String::new, |help| format!("; {help}"));
        let _ = writeln!(out, "  {}  {}{}", escaped(&note.at), escaped(&note.message), escaped(&help));
    }
    write_more(notes.len(), limit, out);
}

fn write_more(count: usize, limit: usize, out: &mut String) {
    if count > limit {
        let _ = writeln!(out, "           and {} more (`--limit`, `--format json`)", grouped(count - limit));
    }
}
