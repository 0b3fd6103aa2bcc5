//! Reads the files of the rules in force, once for each rule set, and makes of them what somebody tries in memory.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::config::Settings;
use crate::diagnostic::File;
use crate::rule::{Role, RuleSet, Sources};
use crate::server::Watched;

/// Sources that take more are read anew each time, in bytes.
const KEEP_BYTES: usize = 32 << 20;

/// The files of the rules in force, kept as long as these are.
#[derive(Debug, Default)]
pub(in crate::console) struct InForce {
    kept: Mutex<Option<Arc<Sources>>>,
    building: Mutex<()>,
}

/// What was found.
#[derive(Clone, Debug)]
pub(in crate::console) struct FoundSources {
    pub sources: Arc<Sources>,
    /// Whether they are those in force; else the folder's, where others are in force and were not kept.
    pub are_in_force: bool,
}

impl InForce {
    /// Keeps others from compiling what is made of these files, until it is dropped.
    pub(super) fn alone(&self) -> MutexGuard<'_, ()> {
        self.building.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Finds them: among the sets that are kept, else in the rules folder. Reads files.
    ///
    /// # Errors
    /// In words, when the folder cannot be read.
    pub(super) fn sources(&self, watched: &Watched, settings: &Settings) -> Result<FoundSources, String> {
        let hash = watched.gateway.current().rules.hash.clone();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sources) = kept.as_ref().filter(|sources| sources.hash == hash) {
            return Ok(FoundSources { sources: Arc::clone(sources), are_in_force: true });
        }
        *kept = None;
        let folder = settings.gateway.sources(&settings.tenant);
        let of_folder = folder.as_ref().ok().filter(|sources| sources.hash == hash).cloned();
        let sources = of_folder.or_else(|| {
            let sets = watched.sets.as_ref()?;
            sets.read(&sets.find(Some(&hash), None).ok()?).ok()
        });
        let (sources, are_in_force) = match sources {
            Some(sources) => (Arc::new(sources), true),
            None => (Arc::new(folder.map_err(|report| report.to_text(false))?), false),
        };
        let bytes: usize = sources.files.iter().map(|(_, file)| file.content().len()).sum();
        if are_in_force && bytes <= KEEP_BYTES {
            *kept = Some(Arc::clone(&sources));
        }
        Ok(FoundSources { sources, are_in_force })
    }
}

/// Whether a rule has its rows from the file of this name, and no lookup asks it.
pub(super) fn is_decision_table(set: &RuleSet, name: &str) -> bool {
    let mut tables = set.rules.iter().filter_map(|rule| rule.table.as_ref());
    let mut asked = set.lookups.iter().filter_map(crate::rule::Lookup::table_file);
    tables.any(|table| table.is_csv && table.file.name == name) && !asked.any(|file| file.name == name)
}

/// Whether a file is one that says what the rules are, so that whoever may look may read it: tables hold rows about people.
/// `is_decision` tells whether a rule in force has its rows from this file.
pub(super) fn is_of_rules(role: Role, file: &File, is_decision: &dyn Fn(&str) -> bool) -> bool {
    match role {
        Role::Tests | Role::Functions => true,
        Role::Yaml => !is_list(&file.text),
        Role::Csv | Role::Workbook => is_decision(&file.name),
        Role::Json => false,
    }
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

/// The text of a table without its rows; none of a file that says what the rules are. Of a workbook nothing is left.
pub(super) fn without_rows(role: Role, file: &File, is_decision: &dyn Fn(&str) -> bool) -> Option<String> {
    (!is_of_rules(role, file, is_decision)).then(|| match role {
        Role::Csv => file.text.lines().next().unwrap_or_default().to_owned() + "\n",
        Role::Yaml | Role::Json => "[]\n".to_owned(),
        Role::Workbook | Role::Tests | Role::Functions => String::new(),
    })
}

/// Whether the outermost value of a YAML text is a list: a table.
fn is_list(text: &str) -> bool {
    let lines = text.lines().map(str::trim_start);
    let first = lines.into_iter().find(|line| !line.is_empty() && !line.starts_with(['#', '%']) && *line != "---");
    first.is_some_and(|line| line.starts_with("- ") || line == "-" || line.starts_with('['))
}
