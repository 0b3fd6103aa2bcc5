//! Reads `when:`: a mapping of conditions that must all hold, or a script.

use std::ops::Range;

use super::compiler::Compiler;
use super::ends::Use;
use crate::diagnostic::code;
use crate::event::date::Offset;
use crate::event::{Path, Root, Segment, Value};
use crate::rule::condition::{
    Check, Checks, Comparator, Comparison, Condition, Declared, Operand, Operator, Pattern, Relation, ScriptCondition,
    Takes, Test,
};
use crate::rule::expression::{Expression, Read};
use crate::rule::script::Form;
use crate::yaml::{Content, Entry, Node, PATTERN_SHARE, Purpose, hold, listed, wrong_word};

/// How many patterns are refused before no more are compiled.
const REFUSED_PATTERNS: usize = 20;

impl Compiler<'_> {
    /// A condition as written behind `when`.
    pub(super) fn condition(&mut self, node: &Node) -> Condition {
        match &node.content {
            Content::Scalar { text, .. } if !node.is_null() => self.script_condition(node, text),
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

    fn script_condition(&mut self, node: &Node, text: &str) -> Condition {
        if let Some(mapping) = self.meant_as_mapping(text) {
            let message = format!("`{}` is no condition", text.trim());
            let finding = self.reader.mistake(&code::BAD_SCRIPT, &node.span, message);
            self.reader.push(finding.help(format!("write `when: {{ {mapping} }}`")));
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
        let value = if is_name { format!("\"${{{value}}}\"") } else { unquoted.to_owned() };
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
            "not" => Condition::Not(Box::new(self.condition(&entry.value))),
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
        let is_on_secret = self.hooks.secrets.may_have(&subject.path);
        Condition::Test(Test { subject, checks: checks.into(), span, is_on_secret })
    }

    /// A path written at `span`, resolved; mistakes are noted.
    pub(super) fn path_at(&mut self, text: &str, span: &Range<usize>) -> Option<Read> {
        let text = text.strip_prefix("${").and_then(|inner| inner.strip_suffix('}')).unwrap_or(text);
        match Path::read(text) {
            Ok(path) => self.resolve(path, span),
            Err(no_path) => {
                let finding =
                    self.reader.mistake(&code::BAD_PATH, span, format!("`{text}` is no path: {}", no_path.what));
                let help = match Offset::split(text) {
                    (_, Some(_)) => {
                        "how far from a date stands behind `before` and `after` alone: `user.endDate: { before: today-1d }`"
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

    /// What must hold of one value: a scalar is equality, a list membership, a mapping operators.
    pub(super) fn checks(&mut self, node: &Node, purpose: Purpose<'_>) -> Checks {
        if node.is_null() {
            let finding = self.reader.mistake(&code::EMPTY_CONDITION, &node.span, "nothing is written to compare with");
            self.reader.push(finding.help("write `{ empty: true }` for a field that is not filled in"));
        }
        let relation = match &node.content {
            Content::Map(entries) => return self.operators(node, entries, purpose),
            Content::List(_) => Relation::Member,
            Content::Scalar { .. } => Relation::Equal,
        };
        let operator = Comparator::Value(relation, self.expression(node, purpose)).plain();
        self.warn_of_ends(node, Use::Equal);
        Checks { checks: vec![Check { operator, span: node.span.clone() }], ignore_case: self.ignores_case }
    }

    fn operators(&mut self, node: &Node, entries: &[Entry], purpose: Purpose<'_>) -> Checks {
        let ignore_case = node.get("ignore_case").and_then(|node| self.reader.boolean(node, "`ignore_case`"));
        let ignore_case = ignore_case.unwrap_or(self.ignores_case);
        let mut checks = Checks { checks: Vec::with_capacity(entries.len()), ignore_case };
        for entry in entries.iter().filter(|entry| entry.key != "ignore_case") {
            if let Some(operator) = self.operator(entry, purpose, ignore_case) {
                let span = entry.key_span.start..entry.value.span.end.max(entry.key_span.end);
                checks.checks.push(Check { operator, span });
            }
        }
        if checks.checks.is_empty() && entries.iter().all(|entry| entry.key == "ignore_case") {
            self.reader.push(self.reader.mistake(&code::EMPTY_CONDITION, &node.span, "there is no operator here"));
        }
        checks
    }

    fn operator(&mut self, entry: &Entry, purpose: Purpose<'_>, ignore_case: bool) -> Option<Operator> {
        let value = &entry.value;
        let what = format!("`{}`", entry.key);
        let Some((declared, is_negated)) = Declared::named(&entry.key) else { return self.unknown_operator(entry) };
        let comparator = match declared.operand {
            Operand::Value(relation) => Comparator::Value(
                relation,
                match relation.takes() {
                    Takes::Value => self.compared_with(value, purpose, Use::Equal)?,
                    Takes::Part => self.compared_with(value, purpose, Use::Part)?,
                    Takes::List => self.list_to_compare(value, &what, purpose)?,
                    Takes::Number => self.number_to_compare(value, &what)?,
                },
            ),
            Operand::Pattern => Comparator::Pattern(self.pattern(value, &what, ignore_case)?),
            Operand::Moment(side) => Comparator::Moment(side, self.moment(value, &what)?),
            Operand::Property(property) => Comparator::Property(property, self.reader.boolean(value, what)?),
            Operand::Length => Comparator::Length(self.lengths(value)),
            Operand::Elements(quantifier) => Comparator::Elements(quantifier, self.checks(value, purpose)),
            Operand::Not => Comparator::Not(self.checks(value, purpose)),
            Operand::Lookup => {
                let name = self.reader.text(value, &what)?;
                let lookup = self.lookup_named(name, &value.span)?;
                self.check_key(lookup, value);
                Comparator::FoundIn(lookup)
            }
        };
        Some(Operator { comparator, is_negated })
    }

    fn unknown_operator(&mut self, entry: &Entry) -> Option<Operator> {
        let finding = self.reader.mistake(
            &code::UNKNOWN_OPERATOR,
            &entry.key_span,
            format!("there is no operator `{}`", entry.key),
        );
        let help = wrong_word::help(wrong_word::OPERATOR, &entry.key, Declared::names().collect::<Vec<_>>());
        self.reader
            .push(finding.help(help.unwrap_or_else(|| format!("the operators are {}", listed(Declared::names())))));
        None
    }

    pub(super) fn compared_with(&mut self, node: &Node, purpose: Purpose<'_>, used: Use) -> Option<Expression> {
        if node.is_null() {
            let finding = self.reader.mistake(&code::EMPTY_CONDITION, &node.span, "nothing is written to compare with");
            self.reader.push(finding.help("write `{ empty: true }` for a field that is not filled in"));
            return None;
        }
        self.warn_of_ends(node, used);
        Some(self.expression(node, purpose))
    }

    pub(super) fn list_to_compare(&mut self, node: &Node, what: &str, purpose: Purpose<'_>) -> Option<Expression> {
        let is_template = node.scalar().is_some_and(|text| text.starts_with("${"));
        if matches!(node.content, Content::List(_)) || is_template {
            self.warn_of_ends(node, Use::Equal);
            return Some(self.expression(node, purpose));
        }
        let finding = self.reader.mistake(
            &code::BAD_OPERATOR_VALUE,
            &node.span,
            format!("{what} takes a list, not {}", node.kind_name()),
        );
        self.reader.push(finding.help(format!("write {}: [a, b]", what.trim_matches('`'))));
        None
    }

    pub(super) fn number_to_compare(&mut self, node: &Node, what: &str) -> Option<Expression> {
        let expression = self.expression(node, Purpose::Number);
        let is_wrong = expression.constant().is_some_and(|value| !matches!(value, Value::Number(_)));
        if is_wrong {
            let finding = self.reader.mistake(&code::BAD_OPERATOR_VALUE, &node.span, format!("{what} takes a number"));
            self.reader.push(finding.help("for dates there are `before` and `after`; a number stands without quotes"));
            return None;
        }
        Some(expression)
    }

    pub(super) fn pattern(&mut self, node: &Node, what: &str, ignore_case: bool) -> Option<Pattern> {
        let text = self.reader.text(node, what)?;
        self.warn_of_ends(node, Use::Pattern);
        let key = (text.to_owned(), ignore_case);
        if let Some(known) = self.patterns.get(&key) {
            return Some(known.clone());
        }
        self.refuse_slashes(node, text);
        if self.refused_patterns >= REFUSED_PATTERNS {
            return None;
        }
        match Pattern::new(text, ignore_case) {
            Ok(pattern) => {
                hold(&self.reader.file, PATTERN_SHARE * pattern.bytes(), &node.span, self.reader.report)?;
                self.patterns.insert(key, pattern.clone());
                Some(pattern)
            }
            Err(why) => {
                let message = format!("this pattern cannot be used: {why}");
                let finding = self.reader.mistake(&code::BAD_REGEX, &node.span, message);
                self.reader.push(finding.help(pattern_help(text)));
                self.refused_patterns += 1;
                self.tell_of_refused(node);
                None
            }
        }
    }

    /// To refuse a pattern may take as long as to compile the largest: the set does not load anyway.
    fn tell_of_refused(&mut self, node: &Node) {
        if self.refused_patterns == REFUSED_PATTERNS {
            let message =
                format!("{REFUSED_PATTERNS} patterns cannot be used: those behind this one are not looked at");
            let finding = self.reader.mistake(&code::BAD_REGEX, &node.span, message);
            self.reader.push(finding.help("mend these first, then check again"));
        }
    }

    /// `/^[a-z]+$/i`: the slashes would have to stand in the value.
    fn refuse_slashes(&mut self, node: &Node, text: &str) {
        let inside = text.strip_prefix('/').and_then(|rest| rest.rsplit_once('/'));
        let Some((inside, flags)) = inside.filter(|(inside, _)| inside.starts_with('^') || inside.ends_with('$'))
        else {
            return;
        };
        if flags.chars().all(|flag| "gimsux".contains(flag)) {
            let message = "the slashes belong to the pattern here, so that it is never found";
            let finding = self.reader.mistake(&code::BAD_REGEX, &node.span, message);
            let case = if flags.contains('i') { ", ignore_case: true" } else { "" };
            self.reader.push(finding.help(format!("write `{{ matches: '{inside}'{case} }}`")));
        }
    }

    fn lengths(&mut self, node: &Node) -> Vec<(Comparison, u64)> {
        let limit = 0..=1_000_000_000;
        let Content::Map(entries) = &node.content else {
            let number = self.reader.whole(node, "`length`", limit);
            return number.map(|number| (Comparison::Equal, number)).into_iter().collect();
        };
        let mut lengths = Vec::new();
        for entry in entries {
            let named = Comparison::named().find(|(name, _)| *name == entry.key);
            let number = self.reader.whole(&entry.value, format!("`{}`", entry.key), limit.clone());
            match (named, number) {
                (Some((_, comparison)), Some(number)) => lengths.push((comparison, number)),
                (None, _) => {
                    let message = format!("`length` has no comparison `{}`", entry.key);
                    let finding = self.reader.mistake(&code::UNKNOWN_OPERATOR, &entry.key_span, message);
                    let names = Comparison::named().map(|(name, _)| name);
                    self.reader.push(finding.help(format!("its comparisons are {}", listed(names))));
                }
                _ => {}
            }
        }
        lengths
    }
}

/// What to write in place of a pattern that cannot be read.
fn pattern_help(text: &str) -> &'static str {
    if text.contains("(?!") || text.contains("(?<!") {
        "say what must not be found beside it: `{ not: { matches: '…' } }`"
    } else if text.contains("(?=") || text.contains("(?<=") {
        "take it into the pattern itself, or write a second `matches` under `all:`"
    } else if text.contains("\\1") || text.contains("\\2") {
        "what was found cannot be asked for again; write each case out: `(aa|bb)`"
    } else {
        "put patterns in single quotes, so that `\\` stays what it is"
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
pub(super) fn field_of(path: &Path) -> String {
    match path.segments.last() {
        Some(Segment::Key(key)) => key.to_string(),
        _ => String::new(),
    }
}
