//! Describes lookups: what each asks, and what replaces a failed answer.

use super::page::{Block, Line, Page, Table};
use crate::report::counted::counted;
use crate::rule::{Lookup, OnError, RuleSet, Source};
use crate::yaml::shown_duration;

/// Writes every lookup with what it asks.
pub fn write(page: &mut Page, set: &RuleSet) {
    if set.lookups.is_empty() {
        return;
    }
    page.section("Lookups");
    let row = |lookup: &Lookup| {
        let name = Line::default().code(lookup.name.as_str());
        match &lookup.source {
            Source::Table(source) => {
                let table = Line::default().code(source.file.as_ref().map_or("", |(_, file)| &file.name));
                let table = match &source.form.sheet {
                    Some(sheet) => table.text(", sheet ").code(sheet.as_str()),
                    None => table,
                };
                let key = source.key.iter().enumerate().fold(Line::default(), |key, (n, part)| {
                    let key = if n == 0 { key } else { key.text(" and ") };
                    key.code(part.written.as_str())
                });
                let case = if source.ignore_case { "are one" } else { "differ" };
                let key = match &source.valid {
                    None => key,
                    Some(valid) => {
                        let columns = [("from", &valid.from), ("to", &valid.to)].into_iter();
                        let columns = columns.filter_map(|(word, column)| Some((word, column.as_ref()?)));
                        columns.fold(key.text(", valid"), |key, (word, column)| {
                            key.text(format!(" {word} ")).code(&**column)
                        })
                    }
                };
                vec![name, table, key, Line::of(case)]
            }
            Source::Remote(remote) => {
                let asked = Line::of("connection ").code(remote.connection.as_str());
                vec![name, asked, Line::of(remote.ask.shown()), Line::of(stands_in(&remote.on_error))]
            }
        }
    };
    let head =
        ["lookup", "what is asked", "key", "upper and lower case; what stands in for an error"].map(Line::of).to_vec();
    page.blocks.push(Block::Table(Table { head, rows: set.lookups.iter().map(row).collect() }));
}

fn stands_in(on_error: &OnError) -> String {
    match on_error {
        OnError::Fail => "nothing: the rule fails".to_owned(),
        OnError::Absent => "no row".to_owned(),
        OnError::Use(rows) => format!("{} written in the rules", counted(rows.len(), "row")),
        OnError::Stale(limit) => format!("the last answer, up to {} old", shown_duration(*limit)),
    }
}
