//! Reads the files of the rules in force, once for each rule set, and makes of them what somebody tries in memory.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::config::Settings;
use crate::console::shown::without_secrets;
use crate::diagnostic::{File, Report};
use crate::report::Secrets;
use crate::rule::{Occasion, Role, RuleSet, Sources, Tenant, compile, people_in};
use crate::server::Watched;

/// Sources that take more are read anew each time, in bytes.
const KEEP_BYTES: usize = 32 << 20;

/// The files of the rules in force, kept as long as these are.
#[derive(Debug, Default)]
pub(in crate::console) struct InForce {
    /// By the hash of the files as they are.
    kept: Mutex<Option<(String, FoundSources)>>,
    building: Mutex<()>,
}

/// What was found.
#[derive(Clone, Debug)]
pub(in crate::console) struct FoundSources {
    /// Without the secrets that the rules have written out: what is made of them can tell none.
    pub sources: Arc<Sources>,
    /// Whether they are those in force; else the folder's, where others are in force and were not kept.
    pub are_in_force: bool,
    /// The tables whose rows may be about people, by the names of their files.
    pub tables: Arc<BTreeSet<String>>,
}

impl InForce {
    /// Keeps others from compiling what is made of these files, until it is dropped.
    pub(in crate::console) fn alone(&self) -> MutexGuard<'_, ()> {
        self.building.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Finds them: among the sets that are kept, else in the rules folder. Reads files.
    ///
    /// # Errors
    /// In words, when the folder cannot be read.
    pub(super) fn sources(&self, watched: &Watched, settings: &Settings) -> Result<FoundSources, String> {
        let live = watched.gateway.current();
        let hash = &live.rules.hash;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, found)) = kept.as_ref().filter(|(known, _)| known == hash) {
            return Ok(found.clone());
        }
        *kept = None;
        let folder = settings.gateway.sources(&settings.tenant);
        let of_folder = folder.as_ref().ok().filter(|sources| sources.hash == *hash).cloned();
        let sources = of_folder.or_else(|| {
            let sets = watched.sets.as_ref()?;
            sets.read(&sets.find(Some(hash), None).ok()?).ok()
        });
        let (sources, are_in_force) = match sources {
            Some(sources) => (sources, true),
            None => (folder.map_err(|report| report.to_text(false))?, false),
        };
        let compiled = if are_in_force { None } else { rules_of(&sources, &settings.tenant) };
        let set = if are_in_force { Some(&live.rules) } else { compiled.as_ref() };
        let tables = people_in(&sources, set);
        let secrets = set.map(Secrets::of).unwrap_or_default().and(&Secrets::of(&live.rules));
        let names = &settings.tenant.hooks.secrets;
        let without = |_, file: &File| {
            if tables.contains(&file.name) {
                return None;
            }
            let text = secrets.hide(&file.text);
            // Of rules that cannot be read it is not known what their secrets are.
            let text = if set.is_some() { text } else { without_secrets(&text, names) };
            (text != file.text).then_some(text)
        };
        let cleaned = Arc::new(with_texts(&sources, without));
        let found = FoundSources { sources: cleaned, are_in_force, tables: Arc::new(tables) };
        let bytes: usize = sources.files.iter().map(|(_, file)| file.content().len()).sum();
        if are_in_force && bytes <= KEEP_BYTES {
            *kept = Some((hash.clone(), found.clone()));
        }
        Ok(found)
    }
}

/// The rules of these files without their tables; none where they have mistakes.
pub(in crate::console) fn rules_of(sources: &Sources, tenant: &Tenant) -> Option<RuleSet> {
    compile(sources, tenant, Occasion::Start, &mut Report::default()).1
}

/// The same files where some have other texts, in memory alone. What is made of one folder is loaded one after the other, for its
/// files count together what loading them holds: from here on anew.
pub(super) fn with_texts(sources: &Sources, text: impl Fn(Role, &File) -> Option<String>) -> Sources {
    let _ = sources.budget();
    let file = |(role, file): &(Role, Arc<File>)| match text(*role, file) {
        None => (*role, Arc::clone(file)),
        Some(text) => {
            let file = File::new(&file.name, text).within(file.budget.as_ref()).hidden(file.is_hidden);
            (*role, Arc::new(file))
        }
    };
    let files = sources.files.iter().map(file).collect();
    let mut edited = Sources::from_files(&sources.folder, files);
    edited.others.clone_from(&sources.others);
    edited
}

/// The text of a table without its rows. Of a workbook nothing is left.
pub(super) fn without_rows(role: Role, file: &File) -> String {
    match role {
        Role::Csv => file.text.lines().next().unwrap_or_default().to_owned() + "\n",
        Role::Yaml | Role::Json => "[]\n".to_owned(),
        Role::Workbook | Role::Tests | Role::Functions => String::new(),
    }
}
