//! Reads a rule: its name, hooks, mode, condition and verbs.

use std::ops::Range;
use std::sync::Arc;

use super::compiler::Compiler;
use super::deliver::in_order;
use super::hook::misspells_hook;
use crate::diagnostic::code;
use crate::rule::action::VERBS;
use crate::rule::condition::Condition;
use crate::rule::grammar;
use crate::rule::set::Rule;
use crate::yaml::{Node, listed};

impl Compiler<'_> {
    /// Reads a rule that applies where the file's guard and its own condition hold.
    pub(super) fn rule(&mut self, node: &Node, guard: Condition) {
        let Some(entries) = self.reader.fields(node, &grammar::RULE) else { return };
        let span = node.get("name").map_or(node.span.clone(), |name| name.span.clone());
        let name =
            node.get("name").and_then(|name| self.reader.text(name, "a rule's `name`")).unwrap_or_default().to_owned();
        if let Some(hooks) = node.get("hook") {
            self.scope.hooks = self.hook_list(hooks);
        } else if self.scope.hooks.is_empty() && !self.scope.is_hook_misspelt && !misspells_hook(node, &grammar::RULE) {
            let finding = self.reader.mistake(
                &code::NO_HOOK,
                &span,
                format!("rule `{name}` names no hook, and neither does its file"),
            );
            self.reader.push(finding.help("write `hook: validateUser` in the rule or at the top of the file"));
        }
        if node.get("name").is_some() {
            self.note_name(&name, &span);
        }
        if let Some(node) = node.get("let") {
            self.bind_all(node);
        }
        let own = node.get("when").map_or(Condition::Always, |node| self.condition(node));
        let (mode, audit_until) = self.mode(node);
        let mut actions = Vec::new();
        let mut has_verb = false;
        for entry in entries.iter().filter(|entry| VERBS.contains(&entry.key.as_str())) {
            has_verb = true;
            self.actions(entry, &mut actions);
        }
        in_order(&mut actions);
        let table = node.get("table").map(|node| self.table(node));
        // An unknown key is told already, and may be what the rule should do.
        let is_told = entries.iter().any(|entry| !grammar::RULE.names().any(|name| name == entry.key));
        if !has_verb && table.is_none() && !is_told {
            let finding = self.reader.mistake(&code::NO_VERB, &span, format!("rule `{name}` does nothing"));
            self.reader.push(finding.help(format!("give it a `table` or one of {}", listed(VERBS))));
        }
        let on_failure = node.get("on_failure");
        let skips = on_failure.and_then(|node| self.reader.one_of(node, "`on_failure` of a rule", &[("skip", ())]));
        let rule = Rule {
            name,
            hooks: self.scope.hooks.clone(),
            ownership: self.ownership(node).or(&self.scope.ownership),
            mode,
            audit_until,
            skips: skips.is_some(),
            when: guard.and(own),
            table: table.flatten(),
            actions,
            file: Arc::clone(&self.reader.file),
            span,
        };
        if let Some(node) = on_failure.filter(|_| rule.skips) {
            self.check_skip(&rule, &node.span);
        }
        self.rules.push(rule);
    }

    /// A rule that answers is never passed over: where it fails nobody knows what the answer would have been.
    fn check_skip(&mut self, rule: &Rule, span: &Range<usize>) {
        let Some(verb) = rule.answers().next() else { return };
        let message = format!("a rule with `{verb}` cannot be skipped where it fails");
        let finding = self.reader.mistake(&code::CANNOT_SKIP, span, message);
        self.reader.push(
            finding
                .label("for rules that change the user, or only tell")
                .help("remove the line: `on_failure` of gateway.yaml says what is answered where this rule fails"),
        );
    }

    fn note_name(&mut self, name: &str, span: &Range<usize>) {
        if name.trim().is_empty() || name.contains(['\n', '\r']) {
            let finding = self.reader.mistake(&code::BAD_NAME, span, "a rule's name is one line of text");
            self.reader.push(finding.help("a short name tells what the rule is for: `mobile-is-free`"));
        }
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
}
