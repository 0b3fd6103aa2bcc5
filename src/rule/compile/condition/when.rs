//! Reads `when:`: a mapping of conditions that must all hold.

use std::ops::Range;

use crate::diagnostic::code;
use crate::event::date::Offset;
use crate::event::{Path, Root, Segment};
use crate::rule::compile::compiler::Compiler;
use crate::rule::condition::{Condition, ScriptCondition, Test};
use crate::rule::expression::Read;
use crate::rule::script::Form;
use crate::yaml::{Content, Entry, Node, Purpose, scalar, wrong_word};

impl Compiler<'_> {
    /// A condition as written behind `when`.
    pub(in crate::rule::compile) fn condition(&mut self, node: &Node) -> Condition {
        match &node.content {
            Content::Scalar { text, .. } if !node.is_null() => self.text_for_mapping(node, text),
            Content::Map(entries) if !entries.is_empty() => self.all_of(entries),
            Content::List(_) => {
                let finding = self.reader.mistake(&code::WRONG_SHAPE, &node.span, "`when` is a mapping, not a list");
                self.reader.push(
                    finding
                        .help("write the conditions as `path: value` lines, or put the list behind `all:` or `any:`"),
                );
                Condition::Always
            }
            _ => {
                let finding = self.reader.mistake(&code::EMPTY_CONDITION, &node.span, "this condition is empty");
                self.reader.push(finding.help("leave `when` out for a rule that always applies"));
                Condition::Always
            }
        }
    }

    fn text_for_mapping(&mut self, node: &Node, text: &str) -> Condition {
        if self.is_refused_as_mapping(node, text) {
            return Condition::Always;
        }
        let finding = self.reader.mistake(&code::WRONG_SHAPE, &node.span, "a condition is a mapping, not a text");
        let script = text.trim();
        let shown = if script.contains('\n') { "…".to_owned() } else { format!("'{}'", script.replace('\'', "''")) };
        let finding = finding.help(format!("write `script: {shown}` below it, if it is a script"));
        self.reader.push(finding.help("what can be said as `path: value` needs no script: `user.country: India`"));
        Condition::Always
    }

    /// Tells of a text that compares as other tools do, and not as scripts do.
    fn is_refused_as_mapping(&mut self, node: &Node, text: &str) -> bool {
        let Some(mapping) = self.meant_as_mapping(text) else { return false };
        let finding =
            self.reader.mistake(&code::BAD_SCRIPT, &node.span, format!("`{}` is not a condition", text.trim()));
        self.reader.push(finding.help(format!("write `when: {{ {mapping} }}`")));
        true
    }

    fn script_condition(&mut self, node: &Node, text: &str) -> Condition {
        if self.is_refused_as_mapping(node, text) {
            return Condition::Always;
        }
        let value = self.script(node, text, 0, Form::Expression);
        Condition::Script(ScriptCondition { value, span: node.span.clone() })
    }

    /// `user.country = India`, `user.country == India` or `user.country is India` as the mapping that is meant.
    fn meant_as_mapping(&self, text: &str) -> Option<String> {
        let (path, sign, value) = comparison(text)?;
        let unquoted = value.trim_matches(['"', '\'']);
        let is_name = unquoted == value && (Path::read(value).is_ok_and(|path| self.means_something(&path)));
        let is_script =
            sign == "==" && (unquoted != value && value.starts_with('"') || is_name || is_script_word(value));
        let is_script = is_script || sign == "!=" && (value.starts_with('"') || is_name || is_script_word(value));
        if is_script {
            return None;
        }
        let value = match is_name {
            true => format!("\"${{{value}}}\""),
            false if unquoted == value && is_script_word(value) => value.to_owned(),
            false => scalar(unquoted),
        };
        let operator = if matches!(sign, "!=" | "<>" | "ne" | "is not") { "is_not" } else { "is" };
        Some(match operator {
            "is" => format!("{path}: {value}"),
            operator => format!("{path}: {{ {operator}: {value} }}"),
        })
    }

    fn means_something(&self, path: &Path) -> bool {
        match &path.root {
            Root::Bound(name) => self.bound(name).is_some(),
            _ => true,
        }
    }

    fn all_of(&mut self, entries: &[Entry]) -> Condition {
        let mut all: Vec<Condition> = entries.iter().map(|entry| self.one(entry)).collect();
        match all.len() {
            1 => all.pop().unwrap_or(Condition::Always),
            _ => Condition::All(all),
        }
    }

    fn one(&mut self, entry: &Entry) -> Condition {
        match entry.key.as_str() {
            "all" => Condition::All(self.several(entry)),
            "any" => Condition::Any(self.several(entry)),
            "not" => {
                self.refuse_unclear_not(entry);
                Condition::Not(Box::new(self.condition(&entry.value)))
            }
            "script" => match self.reader.text(&entry.value, "`script`") {
                Some(text) => self.script_condition(&entry.value, text),
                None => Condition::Always,
            },
            word if self.bound(word).is_none() && wrong_word::cure(wrong_word::CONDITION, word).is_some() => {
                let message = format!("a condition has no key `{word}`");
                let finding = self.reader.mistake(&code::UNKNOWN_KEY, &entry.key_span, message);
                self.reader.push(finding.help(wrong_word::cure(wrong_word::CONDITION, word).unwrap_or_default()));
                Condition::Always
            }
            _ => self.test(entry),
        }
    }

    /// `not` before several lines: to some it is "none of these", to others "not all of these".
    fn refuse_unclear_not(&mut self, entry: &Entry) {
        let Content::Map(lines) = &entry.value.content else { return };
        if lines.len() < 2 {
            return;
        }
        let message = format!("`not` stands before {} lines, and its meaning is not clear", lines.len());
        let finding = self.reader.mistake(&code::UNCLEAR_NOT, &entry.key_span, message);
        self.reader.push(
            finding
                .help("write `not: { any: { … } }` where none of them may hold")
                .help("write `not: { all: { … } }` where they may not all hold together"),
        );
    }

    fn several(&mut self, entry: &Entry) -> Vec<Condition> {
        let what = format!("`{}`", entry.key);
        match &entry.value.content {
            Content::Map(entries) => entries.iter().map(|entry| self.one(entry)).collect(),
            _ => {
                let items = self.reader.items(&entry.value, what).unwrap_or_default();
                items.iter().map(|item| self.condition(item)).collect()
            }
        }
    }

    fn test(&mut self, entry: &Entry) -> Condition {
        let Some(subject) = self.path_at(&entry.key, &entry.key_span) else { return Condition::Always };
        let purpose_field = field_of(&subject.path);
        let checks = self.checks(&entry.value, Purpose::Field(&purpose_field));
        let span = entry.key_span.start..entry.value.span.end.max(entry.key_span.end);
        let is_on_secret = self.may_be_on_secret(&subject.path, &checks);
        Condition::Test(Test { subject, checks: checks.into(), span, is_on_secret })
    }

    /// A path written at `span`, resolved; mistakes are noted.
    pub(in crate::rule::compile) fn path_at(&mut self, text: &str, span: &Range<usize>) -> Option<Read> {
        let text = text.strip_prefix("${").and_then(|inner| inner.strip_suffix('}')).unwrap_or(text);
        match Path::read(text) {
            Ok(path) => self.resolve(path, span),
            Err(no_path) => {
                let finding =
                    self.reader.mistake(&code::BAD_PATH, span, format!("`{text}` is not a path: {}", no_path.what));
                let called = text.split_once('(').filter(|(name, _)| !name.is_empty() && text.ends_with(')'));
                if called.is_some_and(|(name, _)| name.chars().all(|c| c.is_alphanumeric() || c == '_')) {
                    let help = format!(
                        "what a function answers gets a name in `let`, and the name stands here: `let: {{ answer: '${{{}}}' }}` \
                         and `when: {{ answer: … }}`",
                        text.replace('\'', "''")
                    );
                    self.reader.push(finding.help(help));
                    return None;
                }
                let help = match Offset::split(text) {
                    _ if text.contains("[.") => {
                        "elements are tested by their fields with `any`: `user.emails: { any: { .type: work, .value: { empty: \
                         false } } }`; `user.emails[.type=work].value` stands behind `set`, `default` and `remove`"
                    }
                    (_, Some(_)) => {
                        "how far from a date stands behind `before` and `after`: `user.endDate: { before: today-3wd }`; a day \
                         counted from a field stands in `let`: `last: '${add_time(user.endDate, \"3wd\")}'`"
                    }
                    (_, None) => {
                        "a path looks like `user.country`, `attr.PAN` or `user.provisionedApps[\"6202\"].status`"
                    }
                };
                self.reader.push(finding.help(help));
                None
            }
        }
    }
}

/// Signs and words between a path and a value, longer ones first.
const COMPARISONS: [&str; 10] = [" is not ", " equals ", " is ", " eq ", " ne ", "==", "!=", "<>", "=", ":"];

/// A text that compares a path with one word or quoted text: the path, the sign and the value.
fn comparison(text: &str) -> Option<(&str, &str, &str)> {
    let (path, sign, value) = COMPARISONS
        .iter()
        .find_map(|sign| text.split_once(sign).map(|(path, value)| (path.trim(), sign.trim(), value.trim())))?;
    let is_path = Path::read(path).is_ok_and(|path| !matches!(path.root, Root::Bound(_)));
    let is_one = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.');
    let quoted =
        value.len() > 1 && ['"', '\''].iter().any(|quote| value.starts_with(*quote) && value.ends_with(*quote));
    let is_value =
        !value.is_empty() && (value.chars().all(is_one) || quoted && value.matches(['"', '\'']).count() == 2);
    (is_path && is_value).then_some((path, sign, value))
}

/// Whether a word is a value of scripts.
fn is_script_word(word: &str) -> bool {
    matches!(word, "true" | "false" | "null" | "nil") || word.parse::<f64>().is_ok()
}

/// The field a value is compared with, by which an unquoted number is judged.
pub fn field_of(path: &Path) -> String {
    match path.segments.last() {
        Some(Segment::Key(key)) => key.to_string(),
        _ => String::new(),
    }
}
