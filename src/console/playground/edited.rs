//! The rules in force with an edited text in place of one file, in memory alone.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::form::Form;
use super::in_force::{FoundSources, InForce, with_texts, without_rows};
use crate::config::Settings;
use crate::console::shown::without_secrets;
use crate::diagnostic::File;
use crate::gateway::Live;
use crate::rule::{Effort, Role, Sources, Tenant};
use crate::server::{Rights, Watched};

/// How long all scripts of a text may run together, about, in milliseconds.
const SCRIPTS_LIMIT_MS: u64 = 8_000;
/// Most bytes of the values that the rules may make of one event, together.
const VALUES_LIMIT_BYTES: usize = 8 << 20;

/// What reads the rules in force, without the console around it.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    pub in_force: Arc<InForce>,
    pub watched: Watched,
    pub settings: Settings,
    pub rights: Rights,
}

/// The rules that are tried.
#[derive(Debug)]
pub(super) struct Edited {
    found: FoundSources,
    live: Arc<Live>,
    /// The file that is edited, as it is in force, and its text without secrets.
    original: Option<(Arc<File>, String)>,
    /// The text that is tried, secrets hidden; the original's where nobody edited it.
    pub text: String,
    is_personal_read: bool,
}

impl Reader {
    /// Reads the rules in force, and takes the edited text of the form.
    ///
    /// # Errors
    /// In words, when they cannot be read, or the form names a file that there is not.
    pub fn edited(&self, form: &Form) -> Result<Edited, String> {
        let found = self.in_force.sources(&self.watched, &self.settings)?;
        let live = self.watched.gateway.current();
        let mut edited =
            Edited { found, live, original: None, text: String::new(), is_personal_read: self.rights.people };
        let hook = edited.live.rules.hooks.position(&form.hook);
        let rules = &edited.live.rules.rules;
        let of_hook = rules.iter().find(|rule| hook.is_some_and(|hook| rule.hooks.contains(&hook)));
        let first = of_hook.or(rules.first()).map(|rule| rule.file.name.clone());
        let name = if form.file.is_empty() { first.unwrap_or_default() } else { form.file.clone() };
        let file = edited.files().into_iter().find(|(_, file)| file.name == name);
        let Some(file) = file.map(|(_, file)| Arc::clone(file)) else {
            return if form.file.is_empty() {
                Ok(edited)
            } else {
                Err(format!("the rules in force have no file `{name}` to edit"))
            };
        };
        let hidden = without_secrets(&file.text.replace("\r\n", "\n"), &edited.live.rules.hooks.secrets);
        edited.text = form.text.clone().unwrap_or_else(|| hidden.clone());
        edited.original = Some((file, hidden));
        Ok(edited)
    }

    /// What rules are compiled against. The more scripts there are, the less long each may run; once `is_over`, nothing is
    /// evaluated any more.
    pub fn tenant(&self, text: &str, is_over: &Arc<AtomicBool>) -> Tenant {
        let mut tenant = self.settings.tenant.clone();
        tenant.effort = Effort::new(VALUES_LIMIT_BYTES, Arc::clone(is_over));
        let written = text.matches("script").count() + text.matches("=>").count();
        let count = u64::try_from(written).unwrap_or(u64::MAX).max(1);
        let budget = &mut tenant.script_budget;
        budget.milliseconds = budget.milliseconds.min((SCRIPTS_LIMIT_MS / count).max(1));
        tenant
    }
}

impl Edited {
    /// The files that may be edited: those that say what the rules are, tables too for whoever may see people.
    pub fn files(&self) -> Vec<&(Role, Arc<File>)> {
        let may_be = |(role, file): &&(Role, Arc<File>)| {
            *role != Role::Workbook
                && !file.is_hidden
                && (self.is_personal_read || !self.found.tables.contains(&file.name))
        };
        self.found.sources.files.iter().filter(may_be).collect()
    }

    /// The name of the file that is edited.
    pub fn name(&self) -> &str {
        self.original.as_ref().map_or("", |(file, _)| &file.name)
    }

    /// Its path below the rules folder.
    pub fn path(&self) -> &str {
        crate::rule::below(&self.found.sources.folder, self.name())
    }

    /// Its text in force, secrets hidden.
    pub fn original(&self) -> &str {
        self.original.as_ref().map_or("", |(_, hidden)| hidden)
    }

    pub fn is_edited(&self) -> bool {
        self.original.is_some() && self.text != self.original()
    }

    /// Whether they are made of those in force; else of those of the folder.
    pub fn are_in_force(&self) -> bool {
        self.found.are_in_force
    }

    /// Whether rows of tables are left out, for whoever may not see people.
    pub fn lacks_rows(&self) -> bool {
        !self.is_personal_read && !self.found.tables.is_empty()
    }

    /// The rules in force, whose hooks and secrets they share.
    pub fn live(&self) -> &Live {
        &self.live
    }

    /// The tables whose rows may be about people, by the names of their files.
    pub fn tables(&self) -> &BTreeSet<String> {
        &self.found.tables
    }

    /// The files that are tried. None has a secret that the rules in force have written out.
    pub fn sources(&self) -> Sources {
        with_texts(&self.found.sources, |role, file| match &self.original {
            Some((original, _)) if original.name == file.name && self.is_edited() => {
                let text = &self.text;
                Some(if file.text.contains("\r\n") { text.replace('\n', "\r\n") } else { text.clone() })
            }
            _ if self.is_personal_read || !self.found.tables.contains(&file.name) => None,
            _ => Some(without_rows(role, file)),
        })
    }
}
