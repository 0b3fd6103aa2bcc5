//! Tells which files of a rules folder hold a table, as the loader takes them: their rows may be about people.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diagnostic::{File, Place, Report};
use crate::rule::set::RuleSet;
use crate::rule::source::{Role, Sources};

/// Whether a file holds a table, whatever rules do with it. A YAML file is one when its outermost value is a list.
#[must_use]
pub fn is_table(file: &File) -> bool {
    match Role::of(file.short_name()) {
        _ if file.sheet.is_some() => true,
        Some(Role::Csv | Role::Json | Role::Workbook) => true,
        Some(Role::Tests | Role::Functions) | None => false,
        Some(Role::Yaml) => begins_with_a_list(&file.text),
    }
}

/// Whether the first value of a YAML text is a list. Only its beginning is read: a text may stand for more than fits into
/// the memory, or be no YAML further down.
fn begins_with_a_list(text: &str) -> bool {
    let is_spaced = |behind: &str| behind.chars().next().is_none_or(char::is_whitespace);
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    loop {
        let behind = match rest.chars().next() {
            // A remark, a directive.
            Some('#' | '%') => rest.split_once('\n').map(|(_, behind)| behind),
            // A name or a kind in front of the value.
            Some('&' | '!') => rest.split_once(char::is_whitespace).map(|(_, behind)| behind),
            Some('-') if rest.strip_prefix("---").is_some_and(is_spaced) => rest.get(3..),
            Some('-') => return rest.strip_prefix('-').is_some_and(is_spaced),
            first => return first == Some('['),
        };
        rest = behind.unwrap_or_default().trim_start();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_yaml_text_is_a_table_where_its_first_value_is_a_list() {
        for list in [
            "- login: a",
            "\n\n  - login: a",
            "--- # people\n- a",
            "---\n&all\n- a",
            "%YAML 1.2\n---\n- a",
            "[{login: a}]",
            "!!seq\n- a",
            "# remark\n\n-\n  login: a",
            "\u{feff}- a",
            "-",
            "--- - a",
        ] {
            assert!(begins_with_a_list(list), "{list}");
        }
        for other in [
            "",
            "hook: test",
            "---\nhook: test\nrules:\n- name: a",
            "# - a",
            "-a: b",
            "----",
            "{a: [1]}",
            "&a hook: test",
        ] {
            assert!(!begins_with_a_list(other), "{other}");
        }
    }
}
