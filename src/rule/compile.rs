//! From files to a rule set: every mistake of every file is told, and only a set without one is given out.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use super::action::VERBS;
use super::binding::Binding;
use super::case::Case;
use super::code;
use super::condition::Condition;
use super::grammar;
use super::index::Index;
use super::lookup::Lookup;
use super::read::{Reader, listed};
use super::script::Scripts;
use super::set::{Mode, Program, Rule, RuleSet};
use super::source::{Role, Sources};
use super::syntax::{self, Content, Node};
use crate::diagnostic::{Diagnostic, File, Place, Report, did_you_mean};
use crate::event::{Hook, Hooks, Path};

/// What is in scope where the compiler reads.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// Places of the rule's hooks in the table.
    pub hooks: Vec<usize>,
    /// Bound names with their places among the bindings; the last of a name counts.
    pub names: Vec<(String, usize)>,
    /// Names that the `let` being read binds further down.
    pub later: Vec<String>,
}

/// Reads the files of a rules folder into what the engine decides by.
pub(super) struct Compiler<'c> {
    pub reader: Reader<'c>,
    pub hooks: &'c Hooks,
    pub scripts: &'c Scripts,
    pub scope: Scope,
    pub lookups: Vec<Lookup>,
    pub bindings: Vec<Binding>,
    pub cases: Vec<Case>,
    pub rule_names: HashMap<String, Place>,
    rules: Vec<Rule>,
    codes: BTreeMap<String, (String, Place)>,
    slots: Vec<Path>,
    slot_numbers: HashMap<Path, usize>,
}

/// A YAML file of the folder, parsed.
struct Parsed {
    file: Arc<File>,
    role: Role,
    root: Node,
}

/// Compiles a rules folder for a table of hooks. Warnings stand in the report beside a set; mistakes instead of one.
/// The lookups are given in both cases, so that the tables are checked in the same run.
pub fn compile(sources: &Sources, hooks: &Hooks, report: &mut Report) -> (Vec<Lookup>, Option<RuleSet>) {
    let functions: Vec<Arc<File>> =
        sources.files.iter().filter(|(role, _)| *role == Role::Functions).map(|(_, file)| Arc::clone(file)).collect();
    let scripts = Scripts::new(&functions, report);
    let files = parse_all(sources, report);
    let mut compiler = Compiler {
        reader: Reader { file: Arc::new(File { name: String::new(), text: String::new() }), report },
        hooks,
        scripts: &scripts,
        scope: Scope::default(),
        lookups: Vec::new(),
        bindings: Vec::new(),
        cases: Vec::new(),
        rule_names: HashMap::new(),
        rules: Vec::new(),
        codes: BTreeMap::new(),
        slots: Vec::new(),
        slot_numbers: HashMap::new(),
    };
    compiler.declarations(&files);
    compiler.all_rules(&files);
    compiler.all_cases(&files);
    compiler.refuse_an_empty_set(sources, &files);
    let has_errors = compiler.reader.report.has_errors();
    let Compiler { rules, codes, slots, lookups, bindings, cases, .. } = compiler;
    if has_errors {
        return (lookups, None);
    }
    let programs = (0..hooks.rows.len()).map(|hook| program(hook, &rules)).collect();
    let codes = codes.into_iter().map(|(code, (text, _))| (code, text)).collect();
    let (hooks, hash) = (hooks.clone(), sources.hash.clone());
    let set =
        RuleSet { hooks, rules, programs, slots, bindings, lookups: lookups.clone(), codes, cases, scripts, hash };
    (lookups, Some(set))
}

/// A YAML file whose outermost value is a list is a table: rules are mappings.
fn parse_all(sources: &Sources, report: &mut Report) -> Vec<Parsed> {
    let mut files = Vec::new();
    for (role, file) in sources.files.iter().filter(|(role, _)| matches!(role, Role::Yaml | Role::Tests)) {
        if let Some(root) = syntax::parse(file, report) {
            let is_table = *role == Role::Yaml && matches!(root.content, Content::List(_));
            if !is_table {
                files.push(Parsed { file: Arc::clone(file), role: *role, root });
            }
        }
    }
    files
}

/// What runs on one hook.
fn program(hook: usize, rules: &[Rule]) -> Program {
    let is_in = |rule: &Rule| rule.mode != Mode::Off && rule.hooks.contains(&hook);
    let rules_in: Vec<usize> =
        rules.iter().enumerate().filter(|(_, rule)| is_in(rule)).map(|(place, _)| place).collect();
    let conditions = rules_in.iter().filter_map(|place| rules.get(*place)).map(|rule| &rule.when);
    let index = Index::new(conditions);
    Program { rules: rules_in, index }
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

    fn declare_codes(&mut self, node: &Node) {
        for entry in self.reader.entries(node, "`codes`").unwrap_or_default() {
            let place = self.reader.place(&entry.key_span);
            if !super::action::is_refusal_code(&entry.key) {
                let message = format!("`{}` is no refusal code", entry.key);
                let finding = self.reader.mistake(&code::BAD_REFUSAL_CODE, &entry.key_span, message);
                self.reader.push(finding.help("a code is one word of letters and digits, such as `ManagerNotActive`"));
            }
            let text = self.reader.text(&entry.value, format!("the text of code `{}`", entry.key)).unwrap_or_default();
            match self.codes.get(&entry.key) {
                Some((other, first)) if other != text => {
                    let message = format!("code `{}` is declared twice with different texts", entry.key);
                    let finding = self.reader.mistake(&code::DUPLICATE_DECLARATION, &entry.key_span, message);
                    let finding = finding.related(first.clone(), "first here");
                    self.reader.push(finding);
                }
                _ => {
                    self.codes.insert(entry.key.clone(), (text.to_owned(), place));
                }
            }
        }
    }

    fn all_rules(&mut self, files: &[Parsed]) {
        for parsed in files.iter().filter(|parsed| parsed.role == Role::Yaml) {
            self.open(parsed);
            let file_hooks = parsed.root.get("hook").map(|node| self.hook_list(node)).unwrap_or_default();
            self.scope.hooks.clone_from(&file_hooks);
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
            }
        }
    }

    fn rule(&mut self, node: &Node, guard: Condition) {
        let Some(entries) = self.reader.fields(node, &grammar::RULE) else { return };
        let span = node.get("name").map_or(node.span.clone(), |name| name.span.clone());
        let name =
            node.get("name").and_then(|name| self.reader.text(name, "a rule's `name`")).unwrap_or_default().to_owned();
        if let Some(hooks) = node.get("hook") {
            self.scope.hooks = self.hook_list(hooks);
        } else if self.scope.hooks.is_empty() {
            let finding = self.reader.mistake(
                &code::NO_HOOK,
                &span,
                format!("rule `{name}` names no hook, and neither does its file"),
            );
            self.reader.push(finding.help("write `hook: validateUser` in the rule or at the top of the file"));
        }
        self.note_name(&name, &span);
        if let Some(node) = node.get("let") {
            self.bind_all(node);
        }
        let own = node.get("when").map_or(Condition::Always, |node| self.condition(node));
        let mode =
            node.get("mode").and_then(|node| self.reader.one_of(node, "`mode`", &Mode::ALL)).unwrap_or(Mode::Enforce);
        let mut actions = Vec::new();
        let mut has_verb = false;
        for entry in entries.iter().filter(|entry| VERBS.contains(&entry.key.as_str()) || entry.key == "table") {
            has_verb = true;
            self.actions(entry, &mut actions);
        }
        if !has_verb {
            let finding = self.reader.mistake(&code::NO_VERB, &span, format!("rule `{name}` does nothing"));
            self.reader.push(finding.help(format!("give it one of {}", listed(VERBS))));
        }
        let hooks = self.scope.hooks.clone();
        self.rules.push(Rule {
            name,
            hooks,
            mode,
            when: guard.and(own),
            actions,
            file: Arc::clone(&self.reader.file),
            span,
        });
    }

    fn note_name(&mut self, name: &str, span: &Range<usize>) {
        let place = self.reader.place(span);
        if let Some(first) = self.rule_names.get(name) {
            let finding = self.reader.mistake(&code::DUPLICATE_RULE, span, format!("there are two rules `{name}`"));
            let finding = finding.label("again here").related(first.clone(), "first here");
            self.reader
                .push(finding.help("names are unique in the whole rules folder: replies and tests refer to them"));
            return;
        }
        self.rule_names.insert(name.to_owned(), place);
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
    fn refuse_an_empty_set(&mut self, sources: &Sources, files: &[Parsed]) {
        let has_rule_file = files.iter().any(|parsed| parsed.role == Role::Yaml);
        if self.rules.is_empty() && !self.reader.report.has_errors() {
            let folder = sources.folder.display();
            let message = match has_rule_file {
                true => format!("the rule files in `{folder}` hold no rule"),
                false => format!("there is no rule file in `{folder}`"),
            };
            let finding = Diagnostic::nowhere(&code::NO_RULES, message);
            self.reader.push(finding.help("`hookgate init DIR` writes starter rules to begin with"));
        }
    }

    /// Hooks written as one name or a list; mistakes are noted.
    fn hook_list(&mut self, node: &Node) -> Vec<usize> {
        let mut hooks = Vec::new();
        for (name, span) in self.reader.texts(node, "a hook") {
            match self.hooks.position(name) {
                Some(hook) if hooks.contains(&hook) => {}
                Some(hook) => hooks.push(hook),
                None => self.unknown_hook(name, span),
            }
        }
        hooks
    }

    /// The same without noting mistakes, where another reads them.
    fn hook_places(&self, node: &Node) -> Vec<usize> {
        let names = match &node.content {
            Content::List(items) => items.iter().filter_map(Node::scalar).collect(),
            _ => node.scalar().into_iter().collect::<Vec<_>>(),
        };
        names.into_iter().filter_map(|name| self.hooks.position(name)).collect()
    }

    /// One hook by its name; an unknown one is a mistake.
    pub(super) fn hook_named(&mut self, node: &Node) -> Option<usize> {
        let name = self.reader.text(node, "a hook")?;
        let hook = self.hooks.position(name);
        if hook.is_none() {
            self.unknown_hook(name, &node.span);
        }
        hook
    }

    fn unknown_hook(&mut self, name: &str, span: &Range<usize>) {
        let finding = self.reader.mistake(&code::UNKNOWN_HOOK, span, format!("there is no hook `{name}`"));
        self.reader.push(match did_you_mean(name, self.hooks.names()) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None => finding.help(format!("the hooks are {}", listed(self.hooks.names()))),
        });
    }

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
