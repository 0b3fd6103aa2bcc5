//! Reads the verbs of a rule, and checks them against the rule's hooks.

use super::compiler::Compiler;
use super::condition::field_of;
use super::ends::Use;
use crate::diagnostic::{Severity, code};
use crate::event::date::{Offset, Start};
use crate::event::{Hook, Path, Root, Value};
use crate::rule::action::{Action, PLATFORM_CODES, Taken, takes};
use crate::rule::expression::Expression;
use crate::rule::field::holds_days;
use crate::rule::grammar::{NO_CODE, is_refusal_code};
use crate::rule::script::Form;
use crate::rule::taint::{leak_in, secret_in};
use crate::rule::target::{Element, Target, WrittenTarget};
use crate::yaml::{Content, Entry, Node, Purpose, listed};
use std::ops::Range;

/// A verb that names fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldVerb {
    Set,
    Default,
    Add,
    Take,
}

/// The verb of this name, if it names fields.
pub(super) fn field_verb(name: &str) -> Option<FieldVerb> {
    match name {
        "set" => Some(FieldVerb::Set),
        "default" => Some(FieldVerb::Default),
        "add" => Some(FieldVerb::Add),
        "take" => Some(FieldVerb::Take),
        _ => None,
    }
}

impl Compiler<'_> {
    /// The verb written in one entry of a rule.
    pub(super) fn actions(&mut self, entry: &Entry, actions: &mut Vec<Action>) {
        self.check_verb(&entry.key, &entry.key_span);
        match field_verb(&entry.key) {
            Some(verb) => self.each_target(entry, verb, actions),
            None if entry.key == "deliver" => self.deliveries(&entry.value, actions),
            None => {
                // In a row of a table it says that this row has no such verb.
                if entry.key == "stop" && entry.value.scalar() == Some("false") {
                    self.warn_of_an_idle_verb("stop", &entry.value.span);
                }
                self.verb(&entry.key, &entry.value, actions);
            }
        }
    }

    /// A verb that names no field, with what stands behind it.
    pub(super) fn verb(&mut self, verb: &str, value: &Node, actions: &mut Vec<Action>) {
        match verb {
            "reject" => actions.extend(self.reject(value)),
            "remove" => {
                for (path, span) in self.reader.texts(value, "a path to remove") {
                    actions.extend(self.target(path, span).map(Action::Remove));
                }
            }
            "mappedValue" => {
                self.warn_of_ends(value, Use::Given);
                if value.is_null() {
                    let message = "`mappedValue` is a text, and `null` would be these four letters";
                    let finding = self.reader.mistake(&code::WRONG_SHAPE, &value.span, message);
                    let help =
                        "leave the rule out, and the platform keeps its own default; write `\"\"` for an empty text";
                    self.reader.push(finding.help(help));
                }
                self.refuse_question(value);
                actions.push(Action::MappedValue(self.expression(value, Purpose::Field("mappedValue"))));
            }
            "deprovision" => actions.extend(self.deprovision(value)),
            "script" => {
                if let Some(text) = self.reader.text(value, "`script`") {
                    actions.push(Action::Script(self.script_block(value, text)));
                }
            }
            _ => {
                if self.reader.boolean(value, "`stop`") == Some(true) {
                    actions.push(Action::Stop);
                }
            }
        }
    }

    fn script_block(&mut self, node: &Node, text: &str) -> Expression {
        let expression = self.script(node, text, 0, Form::Block);
        if let Expression::Script(script) = &expression {
            for verb in script.script.verbs() {
                self.check_verb(verb, &script.span);
            }
            for code in script.script.refusals().iter().filter(|code| is_refusal_code(code)) {
                self.check_refusal_code(code, &script.span);
            }
            let secret = secret_in(&expression, &self.bindings, &self.hooks.secrets);
            for to in script.script.destinations() {
                let accepts = self.destination(to, &script.span);
                // A script that reads a secret and sends to who takes secrets is taken to send it.
                if let (Some(accepts), Some(path)) = (accepts.filter(|accepts| accepts.secrets), &secret) {
                    self.must_wait(path, to, accepts, &script.span);
                }
            }
        }
        expression
    }

    /// A verb some hook of the rule cannot take is a mistake: the rule would silently do nothing there.
    pub(super) fn check_verb(&mut self, verb: &str, span: &Range<usize>) {
        let unable: Vec<&Hook> = self.rule_hooks().into_iter().filter(|hook| !takes(hook, verb)).collect();
        let Some(first) = unable.first() else { return };
        let names = listed(unable.iter().map(|hook| hook.name.as_str()));
        let message = format!("`{verb}` cannot be used on {names}: a `{}` hook does not take it", first.kind);
        let able = self.hooks.rows.iter().filter(|hook| takes(hook, verb)).map(|hook| hook.name.as_str());
        let mut finding = self.reader.mistake(&code::VERB_NOT_FOR_HOOK, span, message);
        finding = finding.help(format!("`{verb}` is for {}", listed(able)));
        if verb == "reject" {
            finding =
                finding.help("gateway.yaml can allow refusals on other hooks: `hooks: { NAME: { refusable: true } }`");
        }
        self.reader.push(finding);
    }

    fn reject(&mut self, node: &Node) -> Option<Action> {
        let (code_node, attribute) = match node.scalar() {
            Some(_) => (node, None),
            None => {
                self.reader.fields(node, &crate::rule::grammar::REJECT)?;
                let attribute = node.get("attribute");
                (node.get("code")?, attribute.and_then(|node| self.reader.text(node, "`attribute`")).map(str::to_owned))
            }
        };
        if self.is_truth_for_a_code(code_node, "leave `reject` out: a rule without it refuses nobody") {
            return None;
        }
        let code = self.reader.text(code_node, "a refusal code")?.to_owned();
        self.check_refusal_code(&code, &code_node.span);
        Some(Action::Reject { code, attribute })
    }

    fn check_refusal_code(&mut self, code: &str, span: &Range<usize>) {
        if !is_refusal_code(code) {
            let shown = code.trim_end();
            let finding =
                self.reader.mistake(&code::BAD_REFUSAL_CODE, span, format!("`{shown}` is not a refusal code"));
            if is_refusal_code(shown) {
                return self
                    .reader
                    .push(finding.help("it ends with white space; write `|-` in place of `|`, or no block"));
            }
            let help = NO_CODE;
            self.reader.push(finding.help(help).help("the sentence people read goes into `codes:`"));
            return;
        }
        if PLATFORM_CODES.contains(&code) || self.declares_code(code) {
            return;
        }
        let mut finding = self.reader.mistake(&code::CODE_NOT_DECLARED, span, format!("code `{code}` is not declared"));
        finding.severity = Severity::Warning;
        let known: Vec<String> = self.declared_codes().chain(PLATFORM_CODES.map(str::to_owned)).collect();
        if let Some(meant) = crate::diagnostic::did_you_mean(code, known.iter().map(String::as_str)) {
            finding = finding.help(format!("did you mean `{meant}`?"));
        }
        let help = format!(
            "declare it: `codes: {{ {code}: \"what it means\" }}`; the platform has texts of its own only for `MobileAlreadyExist` and `EmailAlreadyExist`"
        );
        self.reader.push(finding.help(help));
    }

    fn deprovision(&mut self, node: &Node) -> Option<Action> {
        let is_template = node.scalar().is_some_and(|text| text.contains("${"));
        if is_template {
            return Some(Action::Deprovision(self.expression(node, Purpose::Body)));
        }
        let value = self.reader.boolean(node, "`deprovision`")?;
        Some(Action::Deprovision(Expression::Constant(Value::Bool(value))))
    }

    fn each_target(&mut self, entry: &Entry, verb: FieldVerb, actions: &mut Vec<Action>) {
        let what = format!("`{}`", entry.key);
        for change in self.reader.entries(&entry.value, what).unwrap_or_default() {
            match self.target(&change.key, &change.key_span) {
                Some(target) => actions.push(self.change(verb, target, &change.value)),
                None => {
                    self.expression(&change.value, Purpose::Field(""));
                }
            }
        }
    }

    /// A change of a field, with the value as written.
    pub(super) fn change(&mut self, verb: FieldVerb, target: Target, value: &Node) -> Action {
        let path = target.written_path();
        let field = field_of(&path);
        if verb == FieldVerb::Take {
            return self.taken(target, value, Purpose::Field(&field));
        }
        let span = &value.span;
        self.warn_of_ends(value, Use::Given);
        self.warn_of_words(value, &path);
        self.refuse_question(value);
        self.warn_of_a_list(verb, value, &path);
        let value = self.expression(value, Purpose::Field(&field));
        if !self.hooks.secrets.has(&path) {
            self.keep_secrets(&value, span, &format!("`{target}`"));
        }
        match verb {
            FieldVerb::Set => Action::Set(target, value),
            FieldVerb::Default => Action::Default(target, value),
            FieldVerb::Add | FieldVerb::Take => Action::Add(target, value),
        }
    }

    /// What asks a lookup, or runs a script, is written in `let`; here it would be an object with these words in it.
    fn refuse_question(&mut self, value: &Node) {
        let has = |keys: &[&str]| keys.iter().all(|key| value.get(key).is_some());
        let is_script = matches!(&value.content, Content::Map(entries) if entries.len() == 1) && has(&["script"]);
        if is_script || has(&["lookup", "key"]) || has(&["free_in", "of"]) {
            let what = if is_script { "a script gives a value" } else { "a lookup is asked" };
            let message = format!("{what} in `let`; here it would be taken as a value");
            let finding = self.reader.mistake(&code::WRONG_SHAPE, &value.span, message);
            self.reader.push(
                finding.help("write `let: { found: { … } }` above, and `\"${found}\"` or `\"${found.column}\"` here"),
            );
        }
    }

    /// `take`: a mapping says by operators which elements go, anything else is the element, or a list of them.
    fn taken(&mut self, target: Target, value: &Node, purpose: Purpose<'_>) -> Action {
        if let Content::Map(_) = &value.content {
            return Action::Take(target, Taken::Holding(self.element_checks(value, purpose)));
        }
        if value.is_null() {
            let finding = self.reader.mistake(&code::EMPTY_CONDITION, &value.span, "nothing is written to take");
            self.reader.push(finding.help("write `{ empty: true }` for blank elements"));
        }
        self.warn_of_ends(value, Use::Equal);
        self.warn_of_a_wildcard(value);
        Action::Take(target, Taken::Equal(self.expression(value, purpose)))
    }

    /// `NULL` and `today`, which are written as these letters.
    fn warn_of_words(&mut self, node: &Node, path: &Path) {
        let Some(text) = node.scalar().map(str::trim) else { return };
        let (base, offset) = Offset::split(text);
        let is_day = path.keys().next().is_some_and(holds_days);
        let (code, help) = match (text.to_lowercase().as_str(), Start::named(base)) {
            ("null" | "nil" | "undefined" | "#n/a" | "<null>", _) if !node.is_null() => {
                (&code::WORD_FOR_NOTHING, format!("write `null` without quotes, or `remove: {path}`"))
            }
            (_, Some(_)) if is_day || offset.is_some() => {
                (&code::OTHER_TEMPLATE, format!("write `'${{date(\"{text}\")}}'`"))
            }
            _ => return,
        };
        let finding = self.reader.mistake(code, &node.span, format!("`{text}` is written as these letters"));
        self.reader.push(finding.warning().help(help));
    }

    /// A secret that a value is computed from, where none may go, is a mistake: the rule could only fail.
    pub(super) fn keep_secrets(&mut self, value: &Expression, span: &Range<usize>, goal: &str) {
        let Some(path) = leak_in(value, &self.bindings, &self.hooks.secrets) else { return };
        let message = format!("the secret `{path}` would go into {goal}");
        let finding = self.reader.mistake(&code::SECRET_WOULD_LEAVE, span, message);
        self.reader.push(finding.help("do not copy a secret; to test whether it is there, use `present(…)`"));
    }

    /// A field that a verb writes.
    pub(super) fn target(&mut self, text: &str, span: &Range<usize>) -> Option<Target> {
        let written = match WrittenTarget::read(text) {
            None => None,
            Some(Ok(written)) => Some(written),
            Some(Err(what)) => {
                let finding = self.reader.mistake(&code::BAD_PATH, span, format!("`{text}` is not a target: {what}"));
                self.reader.push(finding.help("write `user.emails[.type=work].value`"));
                return None;
            }
        };
        let read = self.path_at(written.as_ref().map_or(text, |written| written.list), span)?;
        let path = read.path.clone();
        if path.is_changeable() {
            let element = match written {
                Some(written) => Some(self.element(&written, span)?),
                None => None,
            };
            return Some(Target { path, read, element });
        }
        let message = match path.root {
            Root::User => "the user as a whole cannot be replaced".to_owned(),
            _ => format!("`{text}` can be read but not changed"),
        };
        let finding = self.reader.mistake(&code::CANNOT_CHANGE, span, message);
        self.reader.push(finding.help("a rule changes fields of the user: `user.FIELD` or `attr.NAME`"));
        None
    }

    /// `[.type=work].value` behind the list.
    fn element(&mut self, written: &WrittenTarget<'_>, span: &Range<usize>) -> Option<Element> {
        let steps = |text: String| Path::read(&text).map(|path| path.segments);
        let (by, field) = (steps(format!("element.{}", written.by)), steps(format!("element{}", written.field)));
        match (by, field) {
            (Ok(by), Ok(field)) if !field.is_empty() => {
                Some(Element { by, value: Element::value_of(written.value, written.is_quoted), field })
            }
            (Ok(_), Ok(_)) => {
                let message = format!("`{}` names an element and none of its fields", written.list);
                let finding = self.reader.mistake(&code::BAD_PATH, span, message);
                let help = format!(
                    "write the field behind the brackets, `….value`; elements are taken out with `take: {{ {}: {{ .{}: {} }} }}`",
                    written.list, written.by, written.value
                );
                self.reader.push(finding.help(help));
                None
            }
            (by, field) => {
                let what = by.err().or(field.err()).map_or("", |no_path| no_path.what);
                let message = format!("the fields of this target cannot be read: {what}");
                let finding = self.reader.mistake(&code::BAD_PATH, span, message);
                self.reader.push(finding.help("write `user.emails[.type=work].value`"));
                None
            }
        }
    }
}
