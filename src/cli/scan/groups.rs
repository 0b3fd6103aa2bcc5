//! Groups the findings about all people.

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use super::note::Note;
use super::outcome::{Finding, Group};

/// Somebody in a group.
#[derive(Clone, Debug)]
pub(super) struct Person {
    /// Id, login, employee id or e-mail; nothing where the export has none of them.
    pub(super) name: Option<String>,
    pub(super) line: usize,
    pub(super) detail: String,
}

/// What came of all people on one hook.
#[derive(Debug, Default)]
pub(super) struct OfHook {
    pub(super) hook: String,
    /// People of whom nothing was found, by what is said of them.
    pub(super) others: BTreeMap<String, usize>,
    groups: BTreeMap<Group, Vec<Person>>,
}

/// Who stands in the export, by name: each is seen at a line.
#[derive(Debug, Default)]
pub(super) struct Seen(HashMap<String, usize>);

impl OfHook {
    pub(super) fn new(hook: &str) -> Self {
        Self { hook: hook.to_owned(), ..Self::default() }
    }

    /// Takes in what was found of a person, or the word for that nothing was.
    pub(super) fn take(
        &mut self,
        name: Option<&String>,
        line: usize,
        (word, findings): (Option<String>, Vec<Finding>),
    ) {
        if let Some(word) = word {
            *self.others.entry(word).or_default() += 1;
        }
        for Finding { group, detail } in findings {
            self.groups.entry(group).or_default().push(Person { name: name.cloned(), line, detail });
        }
    }

    /// The groups, each kind by itself, the largest first.
    pub(super) fn groups(&self) -> Vec<(&Group, &Vec<Person>)> {
        let mut groups: Vec<_> = self.groups.iter().collect();
        groups.sort_by_key(|(group, people)| (group.what, Reverse(people.len())));
        groups
    }

    /// Whether anybody is in a group for which a scan ends with 1.
    pub(super) fn has_found(&self) -> bool {
        self.groups.keys().any(|group| group.what.is_found())
    }
}

impl Seen {
    /// Notes somebody; a remark where they stand in the export already.
    pub(super) fn again(&mut self, name: String, line: usize, at: impl FnOnce() -> String) -> Option<Note> {
        match self.0.entry(name) {
            Entry::Occupied(known) => {
                let message = format!("`{}` stands in row {} already; both are decided", known.key(), known.get());
                Some(Note::suspect(at(), message))
            }
            Entry::Vacant(new) => {
                new.insert(line);
                None
            }
        }
    }
}
