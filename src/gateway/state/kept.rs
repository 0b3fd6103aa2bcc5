//! Tables whose earlier rows stay in force because their files lost too many: which, since when, and the message.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::diagnostic::{Diagnostic, code};
use crate::lookup::{Shrunk, counted};
use crate::rule::{Lookup, Source};

/// Such a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its path below the rules folder.
    pub table: String,
    /// The name of its file as messages have it.
    pub file: String,
    /// Rows in force, and rows that the file has.
    pub rows: usize,
    pub rows_in_file: usize,
    /// The most rows it had lately, at least those in force.
    pub most: usize,
    /// The fewest rows of the file that come into force by themselves.
    pub fewest: usize,
    /// Since when the rows in force are not those of the file.
    pub since: Timestamp,
    /// When the rows in force were loaded from the file.
    pub loaded_at: Timestamp,
}

impl Kept {
    /// A table that is kept from now on, or still.
    #[must_use]
    pub fn new(table: &str, shrunk: &Shrunk, since: Timestamp, loaded_at: Timestamp) -> Self {
        Self {
            table: table.to_owned(),
            file: shrunk.file.name.clone(),
            rows: shrunk.rows_before,
            rows_in_file: shrunk.rows,
            most: shrunk.most,
            fewest: shrunk.shrink.fewest(shrunk.most).min(shrunk.rows_before),
            since,
            loaded_at,
        }
    }

    /// Whether somebody who writes `name` means this table: as a rule names it, or as messages do.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        is_called(&self.table, &self.file, name)
    }

    /// How old the rows in force are, in seconds.
    #[must_use]
    pub fn age_seconds(&self, now: Timestamp) -> i64 {
        now.duration_since(self.loaded_at).as_secs().max(0)
    }

    /// For `/rules`.
    #[must_use]
    pub fn to_json(&self, now: Timestamp) -> Value {
        json!({
            "table": self.table,
            "since": self.since.to_string(),
            "loaded_at": self.loaded_at.to_string(),
            "age_seconds": self.age_seconds(now),
            "rows": self.rows,
            "rows_in_file": self.rows_in_file,
            "most_rows": self.most,
            "fewest_rows": self.fewest,
        })
    }

    /// What is said at each load that keeps rows, where the lookup names the file.
    #[must_use]
    pub fn finding(&self, shrunk: &Shrunk, lookups: &[Lookup]) -> Diagnostic {
        let (before, now) = (counted(self.rows), counted(self.rows_in_file));
        let most = match self.most > self.rows {
            true => format!(", and lately {}", counted(self.most)),
            false => String::new(),
        };
        let message = format!("table `{}` lost too many rows: it has {now}, before it had {before}{most}", self.table);
        let place = lookups.get(shrunk.lookup).and_then(|lookup| match &lookup.source {
            Source::Table(source) => Some(source.file_place.clone()),
            Source::Remote(_) => None,
        });
        let since = self.since.strftime("%Y-%m-%d %H:%M:%SZ");
        let label = format!("its {before} from before stay in force; the file has had too few since {since}");
        let finding = Diagnostic { place, ..Diagnostic::nowhere(&code::ROWS_KEPT, message) }.label(label).warning();
        let again = match self.fewest {
            1 => "a row".to_owned(),
            fewest => counted(fewest),
        };
        finding
            .help(format!("write the file again: with {again} or more it comes into force by itself"))
            .help(format!("if it is right as it is, take it: `hookgate reload --accept {}`", self.table))
            .help(format!("this table may lose {} of its rows at once (`shrink`)", shrunk.shrink))
    }
}

/// A table that lookups in force ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InTable {
    /// Its path below the rules folder.
    pub table: String,
    /// The name of its file as messages have it.
    pub file: String,
    /// Rows in force.
    pub rows: usize,
}

impl InTable {
    /// As [`Kept::is_called`].
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        is_called(&self.table, &self.file, name)
    }
}

fn is_called(table: &str, file: &str, name: &str) -> bool {
    let is_end = |name: &str| table.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with('/'));
    file == name || !name.is_empty() && is_end(name.trim_start_matches("./"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_called_as_rules_and_messages_call_it() {
        let kept = Kept {
            table: "hr/tables/people.csv".to_owned(),
            file: "/etc/hookgate/rules/hr/tables/people.csv".to_owned(),
            rows: 10,
            rows_in_file: 2,
            most: 10,
            fewest: 8,
            since: Timestamp::UNIX_EPOCH,
            loaded_at: Timestamp::UNIX_EPOCH,
        };
        for name in [
            "people.csv",
            "tables/people.csv",
            "hr/tables/people.csv",
            "./people.csv",
            "/etc/hookgate/rules/hr/tables/people.csv",
        ] {
            assert!(kept.is_called(name), "{name}");
        }
        for name in
            ["", "eople.csv", "/people.csv", "people", "hr/people.csv", "rules/hr/tables/people.csv", "PEOPLE.CSV"]
        {
            assert!(!kept.is_called(name), "{name}");
        }
    }
}
