//! Compiles the files of a folder into a rule set; every mistake of every file is reported, and any prevents a set.

use std::sync::Arc;

use super::compiler::{Compiler, Scope};
use super::hook::misspells_hook;
use crate::diagnostic::{Diagnostic, File, Place, Report, code};
use crate::rule::condition::Condition;
use crate::rule::foreign::{file as other_file, name};
use crate::rule::grammar;
use crate::rule::lookup::Lookup;
use crate::rule::occasion::Occasion;
use crate::rule::script::Scripts;
use crate::rule::set::{Program, RuleSet};
use crate::rule::slots::Slots;
use crate::rule::source::{Role, Sources};
use crate::rule::tenant::Tenant;
use crate::yaml::{COMPILED_SHARE, Content, INDEXED_BYTES, Node, hold, syntax};

/// A YAML file of the folder, parsed.
struct Parsed {
    file: Arc<File>,
    role: Role,
    root: Node,
    /// What the tree holds in memory, in bytes.
    bytes: usize,
}

/// Compiles a rules folder for a tenant. Warnings stand in the report beside a set; mistakes instead of one.
/// The lookups are given in both cases, so that the tables are checked in the same run.
pub fn compile(
    sources: &Sources,
    tenant: &Tenant,
    occasion: Occasion<'_>,
    report: &mut Report,
) -> (Vec<Lookup>, Option<RuleSet>) {
    let functions: Vec<Arc<File>> =
        sources.files.iter().filter(|(role, _)| *role == Role::Functions).map(|(_, file)| Arc::clone(file)).collect();
    let scripts = Scripts::within(tenant.script_budget, &functions, report);
    let budget = sources.budget();
    let files = parse_all(sources, report);
    let trees = files.iter().map(|parsed| parsed.bytes).sum::<usize>();
    let mut compiler = Compiler::new(sources, (tenant, occasion), &scripts, report);
    compiler.declarations(&files);
    compiler.all_rules(&files);
    compiler.all_cases(&files);
    compiler.check_attributes();
    compiler.refuse_an_empty_set(&files);
    compiler.warn_of_unused_tables();
    let has_errors = compiler.reader.report.has_errors();
    let Compiler { rules, codes, slots, lookups, bindings, cases, .. } = compiler;
    // Where a lookup names such a file, that has been told.
    let is_told = report.findings.iter().any(|finding| finding.code == &code::KIND_NOT_READ);
    report.findings.extend(name::unread(sources).into_iter().filter(|_| !is_told));
    // What is read from here on finds the trees gone.
    drop(files);
    budget.back_to(budget.held().saturating_sub(trees));
    if has_errors {
        return (lookups, None);
    }
    let programs = (0..tenant.hooks.rows.len()).map(|hook| Program::new(hook, &rules)).collect();
    let codes = codes.into_iter().map(|(code, (text, _))| (code, text)).collect();
    let (hooks, slots, hash) = (tenant.hooks.clone(), Slots::new(slots), sources.hash.clone());
    let destinations = tenant.destinations.clone();
    let set = RuleSet {
        hooks,
        rules,
        programs,
        slots,
        bindings,
        lookups: lookups.clone(),
        codes,
        cases,
        destinations,
        fields: tenant.fields.clone(),
        settings: tenant.settings.clone(),
        scripts,
        effort: tenant.effort.clone(),
        hash,
    };
    (lookups, Some(set))
}

/// A YAML file whose outermost value is a list is a table: rules are mappings.
fn parse_all(sources: &Sources, report: &mut Report) -> Vec<Parsed> {
    let mut files = Vec::new();
    for (role, file) in sources.files.iter().filter(|(role, _)| matches!(role, Role::Yaml | Role::Tests)) {
        let held = || file.budget.as_ref().map_or(0, |budget| budget.held());
        let before = held();
        if let Some(root) = syntax::parse(file, report) {
            let bytes = held() - before;
            let is_table = *role == Role::Yaml && matches!(root.content, Content::List(_));
            let other = other_file::finding(file, &root).or_else(|| bare_rules(file, &root));
            let other = other.filter(|_| *role == Role::Yaml);
            if let Some(finding) = other {
                report.push(finding);
            } else if is_table {
                // A table is read where a lookup names it.
                file.budget.iter().for_each(|budget| budget.back_to(before));
            } else if hold(file, COMPILED_SHARE * bytes, &(0..1), report).is_some() {
                files.push(Parsed { file: Arc::clone(file), role: *role, root, bytes });
            }
        }
    }
    files
}

/// Rules, or one rule, without `rules:` above them.
fn bare_rules(file: &Arc<File>, root: &Node) -> Option<Diagnostic> {
    let is_rule = |node: &Node| {
        let verbs = ["set", "default", "add", "take", "reject", "remove", "mappedValue", "deprovision", "deliver"];
        let has = |key: &str| node.get(key).is_some();
        has("name") && (has("when") || verbs.iter().any(|verb| has(verb))) && !has("rules")
    };
    let (message, help) = match &root.content {
        Content::List(items) if items.first().is_some_and(is_rule) => (
            "this list of rules has no `rules:` above it, and is taken as a table",
            "write `rules:` above the first line",
        ),
        Content::Map(_) if is_rule(root) => (
            "this rule stands by itself, and a file has its rules below `rules:`",
            "write `rules:` above it, and `- ` before its first line; the other lines are indented as far",
        ),
        Content::List(_) | Content::Map(_) | Content::Scalar { .. } => return None,
    };
    let place = Place { file: Arc::clone(file), span: 0..file.text.lines().next().map_or(0, str::len) };
    Some(Diagnostic::error(&code::WRONG_SHAPE, place, message).help(help))
}

impl Compiler<'_> {
    fn open(&mut self, parsed: &Parsed) {
        self.reader.file = Arc::clone(&parsed.file);
        self.scope = Scope::default();
    }

    /// Lookups and codes are shared by all files, so they are read before any rule.
    fn declarations(&mut self, files: &[Parsed]) {
        for parsed in files {
            self.open(parsed);
            let keys = if parsed.role == Role::Tests { &grammar::TEST_FILE } else { &grammar::FILE };
            if self.reader.fields(&parsed.root, keys).is_none() {
                continue;
            }
            if let Some(node) = parsed.root.get("lookups") {
                self.reader
                    .entries(node, "`lookups`")
                    .unwrap_or_default()
                    .iter()
                    .for_each(|entry| self.declare_lookup(entry));
            }
            if let Some(node) = parsed.root.get("codes") {
                self.declare_codes(node);
            }
        }
    }

    fn all_rules(&mut self, files: &[Parsed]) {
        for parsed in files.iter().filter(|parsed| parsed.role == Role::Yaml) {
            self.open(parsed);
            let file_hooks = parsed.root.get("hook").map(|node| self.hook_list(node)).unwrap_or_default();
            self.scope.hooks.clone_from(&file_hooks);
            self.scope.is_hook_misspelt = misspells_hook(&parsed.root, &grammar::FILE);
            self.scope.ownership = self.ownership(&parsed.root);
            let rules =
                parsed.root.get("rules").and_then(|node| self.reader.items(node, "`rules`")).unwrap_or_default();
            // A guard and a `let` are read for all hooks that any rule of the file has.
            let mut all_hooks = file_hooks.clone();
            for rule in rules {
                all_hooks.extend(rule.get("hook").map(|node| self.hook_places(node)).unwrap_or_default());
            }
            self.scope.hooks = all_hooks;
            if let Some(node) = parsed.root.get("let") {
                self.bind_all(node);
            }
            let file_scope = self.scope.clone();
            for node in rules {
                self.scope = Scope { hooks: file_hooks.clone(), ..file_scope.clone() };
                let guard = parsed.root.get("when").map_or(Condition::Always, |node| self.condition(node));
                self.rule(node, guard);
                let hooks = self.scope.hooks.len();
                if hold(&parsed.file, INDEXED_BYTES * hooks, &node.span, self.reader.report).is_none() {
                    return;
                }
            }
        }
    }

    fn all_cases(&mut self, files: &[Parsed]) {
        for parsed in files {
            self.open(parsed);
            let Some(node) = parsed.root.get("tests") else { continue };
            let default_hook = match parsed.root.get("hook").map(|node| self.hook_places(node)).as_deref() {
                Some([hook]) => Some(*hook),
                _ => None,
            };
            self.cases(node, default_hook);
        }
    }

    /// A folder that lost its rules is a mistake in saving, never a wish to accept everybody.
    fn refuse_an_empty_set(&mut self, files: &[Parsed]) {
        let has_rule_file = files.iter().any(|parsed| parsed.role == Role::Yaml);
        if self.rules.is_empty() && !self.reader.report.has_errors() {
            let folder = self.sources.folder.display();
            let message = match has_rule_file {
                true => format!("the rule files in `{folder}` hold no rule"),
                false => format!("there is no rule file in `{folder}`"),
            };
            let finding = Diagnostic::nowhere(&code::NO_RULES, message);
            self.reader.push(finding.help("`hookgate init DIR` writes starter rules to begin with"));
        }
    }
}
