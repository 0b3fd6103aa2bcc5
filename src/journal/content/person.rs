//! The names of a person in records: by which their records are found, and which are erased in those of others.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::literals::replaced;
use super::record::{ERASED, Record, text};
use crate::event::folded;

/// Fields by which people know one another, the best first.
const SHOWN_BY: [&str; 5] = ["login", "email", "employeeId", "id", "name"];
/// Fields that name the person in records of others, too.
const NAMES: [&str; 5] = ["mobile", "displayName", "userPrincipalName", "personalEmail", "alternateEmail"];
/// Shortest text that is looked for within others, in letters.
const LEAST_LETTERS: usize = 5;

/// A person as records know one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Ids, employee ids and logins.
    pub found_by: BTreeSet<String>,
    /// Everything that names the person, those included.
    pub names: BTreeSet<String>,
    /// The ids that records have of the person.
    pub ids: BTreeSet<String>,
    /// What the records of each id say.
    of_id: BTreeMap<String, BTreeSet<String>>,
}

impl Person {
    /// A person known by these names.
    #[must_use]
    pub fn named(names: &[String]) -> Self {
        let names: BTreeSet<String> = names.iter().map(|name| key(name)).filter(|name| !name.is_empty()).collect();
        Self { found_by: names.clone(), names, ..Self::default() }
    }

    /// Learns what a record of the person says; of one that was refused nothing, for what somebody asked for in vain is
    /// another's: a mobile that is taken, a login.
    pub fn learn(&mut self, record: &Record) {
        let Some(user) = record.user().filter(|_| record.decision.code.is_none()) else { return };
        let part = |field: &str| text(user.get(field)?).map(|text| key(&text));
        let mut names: BTreeSet<String> = NAMES.iter().filter_map(|field| part(field)).collect();
        for (field, name) in record.names() {
            // Somebody else may ask for the same address: it names the person, and finds nobody.
            if field != "email" {
                self.found_by.insert(key(&name));
            }
            names.insert(key(&name));
        }
        if let (Some(first), Some(last)) = (part("firstName"), part("lastName")) {
            names.extend([format!("{first} {last}"), format!("{last}, {first}"), format!("{last} {first}")]);
        }
        self.names.extend(names.iter().cloned());
        if let Some(id) = part("id") {
            self.ids.insert(id.clone());
            self.of_id.entry(id).or_default().extend(names);
        }
    }

    /// The same without what somebody else's records say: where an id was named, other ids are of somebody who shares a login.
    #[must_use]
    pub fn only(mut self, named: &[String]) -> Self {
        let named: BTreeSet<String> = named.iter().map(|name| key(name)).collect();
        if self.ids.iter().any(|id| named.contains(id)) {
            let others: BTreeSet<String> = self.ids.difference(&named).cloned().collect();
            let is_other =
                |name: &String| others.iter().any(|id| self.of_id.get(id).is_some_and(|names| names.contains(name)));
            let shared: BTreeSet<String> =
                self.names.iter().filter(|name| is_other(name) && !named.contains(*name)).cloned().collect();
            self.found_by.retain(|name| !shared.contains(name));
            self.names.retain(|name| !shared.contains(name));
            self.ids.retain(|id| named.contains(id));
        }
        self
    }

    /// Whether a text in a JSON text names the person.
    #[must_use]
    pub fn is_named_in(&self, json: &str) -> bool {
        self.without(json).is_some()
    }

    /// A JSON text with `ERASED` in the place of each text that names the person; `None` where none does.
    #[must_use]
    pub fn without(&self, json: &str) -> Option<String> {
        replaced(json, &|text| self.is_named_by(text).then(|| ERASED.to_owned()))
    }

    /// Whether a text names the person: as a whole, or within it between what is neither letter nor digit.
    #[must_use]
    pub fn is_named_by(&self, text: &str) -> bool {
        let text = key(text);
        self.names.contains(&text)
            || self.names.iter().any(|name| name.chars().count() >= LEAST_LETTERS && within(&text, name))
    }
}

/// What people call the person of a record: the login, or what else there is.
#[must_use]
pub fn name_of_person(record: &Record) -> Option<String> {
    name_in(&record.user()?)
}

/// What people call the person of the first row that a lookup found; `None` where rows name nobody.
#[must_use]
pub fn holder_of(record: &Record) -> Option<String> {
    let rows = record.facts.iter().find(|fact| fact.count > 0)?;
    let rows = serde_json::from_str::<Json>(rows.rows.get()).ok()?;
    name_in(rows.get(0)?)
}

fn name_in(user: &Json) -> Option<String> {
    let Json::Object(fields) = user else { return None };
    SHOWN_BY.into_iter().find_map(|wanted| {
        let named = fields.iter().find(|(field, _)| field.eq_ignore_ascii_case(wanted)).map(|(_, value)| value)?;
        text(named)
    })
}

/// A name as it is compared.
fn key(name: &str) -> String {
    folded(name.trim()).into_owned()
}

fn within(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let behind = text.get(at + name.len()..).and_then(|behind| behind.chars().next());
        [before, behind].into_iter().flatten().all(|letter| !letter.is_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_names_a_person_as_a_whole_or_between_other_signs() {
        let person = Person::named(&["Asha.Rao".to_owned(), "7".to_owned()]);
        for text in [
            "asha.rao",
            " ASHA.RAO ",
            "see asha.rao, please",
            "{\"login\":\"asha.rao\"}",
            "uid=asha.rao,ou=people",
            "7",
        ] {
            assert!(person.is_named_by(text), "{text}");
        }
        for text in ["", "asha.raon", "natasha.rao", "asha rao", "17", "room 7"] {
            assert!(!person.is_named_by(text), "{text}");
        }
    }
}
