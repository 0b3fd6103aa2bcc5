//! Tells which files of a rules folder hold a table, as the loader takes them: their rows may be about people.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diagnostic::{File, Place, Report};
use crate::rule::set::RuleSet;
use crate::rule::source::{Role, Sources};
use crate::yaml::{Content, syntax};

/// What a rule file has at its outermost level, and a list of rows never.
const RULE_FILE_KEYS: [&str; 6] = ["hook:", "rules:", "codes:", "lookups:", "let:", "tests:"];

/// Whether a file holds a table, whatever rules do with it. A YAML file is one when its outermost value is a list; one that
/// cannot be read is, unless it has a key of a rule file.
#[must_use]
pub fn is_table(file: &File) -> bool {
    match Role::of(file.short_name()) {
        _ if file.sheet.is_some() => true,
        Some(Role::Csv | Role::Json | Role::Workbook) => true,
        Some(Role::Tests | Role::Functions) | None => false,
        Some(Role::Yaml) => {
            // A copy counts nowhere.
            let copy = Arc::new(File::new(&file.name, &*file.text));
            match syntax::parse(&copy, &mut Report::default()) {
                Some(root) => matches!(root.content, Content::List(_)),
                None => !file.text.lines().any(|line| RULE_FILE_KEYS.iter().any(|key| line.starts_with(key))),
            }
        }
    }
}

/// The names of the files whose rows may be about people: every table but those that rules alone have their rows from.
#[must_use]
pub fn people_in(sources: &Sources, set: Option<&RuleSet>) -> BTreeSet<String> {
    let is_asked = |file: &File| {
        set.is_some_and(|set| {
            set.lookups.iter().any(|lookup| lookup.table_file().is_some_and(|asked| asked.name == file.name))
        })
    };
    let is_of_a_rule = |file: &File| {
        let mut tables = set.into_iter().flat_map(|set| &set.rules).filter_map(|rule| rule.table.as_ref());
        tables.any(|table| table.is_csv && table.file.name == file.name)
    };
    let files = sources.files.iter().map(|(_, file)| file);
    let of_people = files.filter(|file| is_asked(file) || is_table(file) && !is_of_a_rule(file));
    of_people.map(|file| file.name.clone()).collect()
}

/// The names of the tables that findings are about.
#[must_use]
pub fn tables_told(report: &Report) -> BTreeSet<String> {
    let places = report.findings.iter().flat_map(|finding| {
        let related = finding.related.iter().map(|(place, _)| place);
        finding.place.iter().chain(related)
    });
    let mut known: Vec<&Arc<File>> = Vec::new();
    for Place { file, .. } in places {
        if !known.iter().any(|other| Arc::ptr_eq(other, file)) {
            known.push(file);
        }
    }
    known.into_iter().filter(|file| is_table(file)).map(|file| file.name.clone()).collect()
}
