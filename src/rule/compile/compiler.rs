//! The state of a compilation: what was read so far, and what is in scope.
//!
//! Its methods stand in the files of what they read.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use crate::diagnostic::{File, Place, Report};
use crate::event::{Hook, Hooks, Path};
use crate::rule::binding::Binding;
use crate::rule::case::Case;
use crate::rule::condition::Pattern;
use crate::rule::lookup::Lookup;
use crate::rule::occasion::Occasion;
use crate::rule::ownership::Ownership;
use crate::rule::script::Scripts;
use crate::rule::set::Rule;
use crate::rule::source::Sources;
use crate::rule::tenant::Tenant;
use crate::yaml::Reader;

/// What is in scope where the compiler reads.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// Places of the rule's hooks in the table.
    pub hooks: Vec<usize>,
    /// The file names hooks by a key that is told to be none.
    pub is_hook_misspelt: bool,
    /// What the file says of its rules: what they are for, and who answers for them.
    pub ownership: Ownership,
    /// Bound names with their places among the bindings; the last of a name counts.
    pub names: Vec<(String, usize)>,
    /// Names that the `let` being read binds further down.
    pub later: Vec<String>,
}

/// Reads the files of a rules folder into what the engine decides by.
pub(super) struct Compiler<'c> {
    pub reader: Reader<'c>,
    pub sources: &'c Sources,
    pub hooks: &'c Hooks,
    pub tenant: &'c Tenant,
    pub occasion: Occasion<'c>,
    pub scripts: &'c Scripts,
    pub scope: Scope,
    /// Whether conditions that do not say it tell `A` from `a` all the same: in cells of some decision tables.
    pub ignores_case: bool,
    /// Whether what is read must hold of an element of a list, of which fields may be asked.
    pub is_of_element: bool,
    /// Names of the table files that a lookup or a decision table reads.
    pub used_tables: HashSet<String>,
    pub lookups: Vec<Lookup>,
    pub bindings: Vec<Binding>,
    pub cases: Vec<Case>,
    pub rule_names: HashMap<String, Place>,
    pub rules: Vec<Rule>,
    pub codes: BTreeMap<String, (String, Place)>,
    /// Compiled patterns by their text and whether case counts.
    pub patterns: HashMap<(String, bool), Pattern>,
    /// How many patterns were refused.
    pub refused_patterns: usize,
    pub slots: Vec<Path>,
    slot_numbers: HashMap<Path, usize>,
}

impl<'c> Compiler<'c> {
    /// A compiler that has read nothing yet.
    pub(super) fn new(
        sources: &'c Sources,
        (tenant, occasion): (&'c Tenant, Occasion<'c>),
        scripts: &'c Scripts,
        report: &'c mut Report,
    ) -> Self {
        let nowhere = File::new("", "");
        Self {
            reader: Reader { file: Arc::new(nowhere), report },
            sources,
            hooks: &tenant.hooks,
            tenant,
            occasion,
            scripts,
            scope: Scope::default(),
            ignores_case: false,
            is_of_element: false,
            used_tables: HashSet::new(),
            lookups: Vec::new(),
            bindings: Vec::new(),
            cases: Vec::new(),
            rule_names: HashMap::new(),
            rules: Vec::new(),
            codes: BTreeMap::new(),
            patterns: HashMap::new(),
            refused_patterns: 0,
            slots: Vec::new(),
            slot_numbers: HashMap::new(),
        }
    }
}

impl Compiler<'_> {
    /// The hooks in force where the compiler reads.
    pub(super) fn rule_hooks(&self) -> Vec<&Hook> {
        self.scope.hooks.iter().filter_map(|hook| self.hooks.rows.get(*hook)).collect()
    }

    /// The binding a name stands for.
    pub(super) fn bound(&self, name: &str) -> Option<usize> {
        self.scope.names.iter().rev().find(|(bound, _)| bound == name).map(|(_, binding)| *binding)
    }

    /// The names that `let` binds here.
    pub(super) fn bound_names(&self) -> impl Iterator<Item = String> {
        self.scope.names.iter().map(|(name, _)| name.clone())
    }

    /// The slot of a path; equal paths share one.
    pub(super) fn slot(&mut self, path: &Path) -> usize {
        if let Some(slot) = self.slot_numbers.get(path) {
            return *slot;
        }
        let slot = self.slots.len();
        self.slots.push(path.clone());
        self.slot_numbers.insert(path.clone(), slot);
        slot
    }

    /// Whether a refusal code is declared in any file.
    pub(super) fn declares_code(&self, code: &str) -> bool {
        self.codes.contains_key(code)
    }

    /// Every declared refusal code.
    pub(super) fn declared_codes(&self) -> impl Iterator<Item = String> {
        self.codes.keys().cloned()
    }
}
