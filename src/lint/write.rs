//! What rules change in the user.

use crate::event::{Path, Root};
use crate::rule::{Action, Expression, Rule};

/// Paths that are changed.
#[derive(Debug, Default)]
pub struct Writes {
    paths: Vec<Path>,
    /// Whether a script may change any.
    anything: bool,
}

impl Writes {
    /// What any of these rules changes.
    pub fn of<'r>(rules: impl IntoIterator<Item = &'r Rule>) -> Self {
        let mut writes = Self::default();
        for action in rules.into_iter().flat_map(actions) {
            match action {
                Action::Set(target, _)
                | Action::Default(target, _)
                | Action::Add(target, _)
                | Action::Take(target, _)
                | Action::Remove(target) => {
                    writes.note(&target.path);
                }
                Action::Script(Expression::Script(script)) => {
                    writes.anything |= script
                        .script
                        .verbs()
                        .iter()
                        .any(|verb| ["set", "default", "remove", "add", "take"].contains(verb));
                }
                _ => {}
            }
        }
        writes
    }

    fn note(&mut self, path: &Path) {
        if !self.paths.contains(path) {
            self.paths.push(path.clone());
        }
    }

    /// Whether nothing is changed.
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty() && !self.anything
    }

    /// Whether what stands at the path may be changed.
    pub fn touch(&self, path: &Path) -> bool {
        let is_of_user = matches!(path.root, Root::User | Root::Attr);
        is_of_user && (self.anything || self.paths.iter().any(|written| meet(written, path)))
    }
}

/// Everything a rule may do, that of its table's rows included.
pub fn actions(rule: &Rule) -> impl Iterator<Item = &Action> {
    let rows = rule.table.iter().flat_map(|table| &table.rows);
    rows.flat_map(|row| &row.actions).chain(&rule.actions)
}

/// Whether a change at one path can be seen at the other. Custom attributes have two spellings.
pub fn meet(first: &Path, second: &Path) -> bool {
    let is_attributes = |path: &Path| match path.root {
        Root::Attr => true,
        Root::User => path.keys().next().is_none_or(|key| key == "attributes"),
        _ => false,
    };
    first.overlaps(second) || first.root != second.root && is_attributes(first) && is_attributes(second)
}
