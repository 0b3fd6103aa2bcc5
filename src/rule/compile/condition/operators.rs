//! Reads what must hold of one value: operators with what stands behind them.

use std::ops::Range;

use crate::diagnostic::{Code, code};
use crate::event::date::Offset;
use crate::event::{Path, Segment, Value};
use crate::rule::compile::compiler::Compiler;
use crate::rule::compile::ends::Use;
use crate::rule::condition::{
    Bounds, COUNTED, Check, Checks, Comparator, Comparison, Declared, Networks, Operand, Operator, Property, Relation,
    Takes,
};
use crate::rule::expression::Expression;
use crate::rule::foreign::text as foreign;
use crate::yaml::{Content, Entry, Node, Purpose, Style, listed, wrong_word};

/// What lengths and counts may be compared with.
const NUMBERS: std::ops::RangeInclusive<u64> = 0..=1_000_000_000;

impl Compiler<'_> {
    /// What must hold of one value: a scalar is equality, a list membership, a mapping operators.
    pub(in crate::rule::compile) fn checks(&mut self, node: &Node, purpose: Purpose<'_>) -> Checks {
        if node.is_null() {
            let finding = self.reader.mistake(&code::EMPTY_CONDITION, &node.span, "nothing is written to compare with");
            self.reader.push(finding.help("write `{ empty: true }` for a field that is not filled in"));
        }
        let relation = match &node.content {
            Content::Map(entries) => return self.operators(node, entries, purpose),
            Content::List(_) => Relation::Member,
            Content::Scalar { .. } => Relation::Equal,
        };
        let operator = match self.range(node) {
            Some(bounds) => Comparator::Range(bounds).plain(),
            None => {
                self.warn_of_ends(node, Use::Equal);
                Comparator::Value(relation, self.expression(node, purpose)).plain()
            }
        };
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

    /// What must hold of each element of a list: operators, and fields by their names behind a dot.
    pub(in crate::rule::compile) fn element_checks(&mut self, node: &Node, purpose: Purpose<'_>) -> Checks {
        let is_within = std::mem::replace(&mut self.is_of_element, true);
        let checks = self.checks(node, purpose);
        self.is_of_element = is_within;
        checks
    }

    fn operator(&mut self, entry: &Entry, purpose: Purpose<'_>, ignore_case: bool) -> Option<Operator> {
        let value = &entry.value;
        let what = format!("`{}`", entry.key);
        if entry.key.starts_with(['.', '[']) {
            return self.field_of_element(entry).map(Comparator::plain);
        }
        let Some((declared, is_negated)) = Declared::named(&entry.key) else { return self.unknown_operator(entry) };
        let comparator = match declared.operand {
            Operand::Value(relation) => match relation.takes() {
                Takes::Value => Comparator::Value(relation, self.compared_with(value, purpose, Use::Equal)?),
                Takes::Part => Comparator::Value(relation, self.compared_with(value, purpose, Use::Part)?),
                Takes::List => match self.range(value) {
                    Some(bounds) => Comparator::Range(bounds),
                    None => Comparator::Value(relation, self.list_to_compare(value, &what, purpose)?),
                },
                Takes::Number => Comparator::Value(relation, self.number_to_compare(value, &what)?),
            },
            Operand::Pattern => Comparator::Pattern(self.pattern(value, &what, ignore_case)?),
            Operand::Date(side) => Comparator::Date(side, self.date_operand(value, &what)?),
            Operand::Property(property) => Comparator::Property(property, self.truth(property, value, what)?),
            Operand::Length => Comparator::Length(self.lengths(value, &what)),
            Operand::Networks => Comparator::Within(self.networks(value, &what)?),
            Operand::Elements(quantifier) => Comparator::Elements(quantifier, self.element_checks(value, purpose)),
            Operand::Count => self.count(value, purpose)?,
            Operand::Field => return None,
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
        let finding = match (help, self.is_of_element) {
            (Some(help), _) => finding.help(help),
            (None, true) => finding.help(format!("a field of an element stands behind a dot: `.{}`", entry.key)),
            (None, false) => finding.help(format!("the operators are {}", listed(Declared::names()))),
        };
        self.reader.push(finding);
        None
    }

    pub(in crate::rule::compile) fn compared_with(
        &mut self,
        node: &Node,
        purpose: Purpose<'_>,
        used: Use,
    ) -> Option<Expression> {
        if node.is_null() {
            let finding = self.reader.mistake(&code::EMPTY_CONDITION, &node.span, "nothing is written to compare with");
            self.reader.push(finding.help("write `{ empty: true }` for a field that is not filled in"));
            return None;
        }
        self.warn_of_ends(node, used);
        Some(self.expression(node, purpose))
    }

    pub(in crate::rule::compile) fn list_to_compare(
        &mut self,
        node: &Node,
        what: &str,
        purpose: Purpose<'_>,
    ) -> Option<Expression> {
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

    pub(in crate::rule::compile) fn number_to_compare(&mut self, node: &Node, what: &str) -> Option<Expression> {
        let expression = self.expression(node, Purpose::Number);
        let is_wrong = expression.constant().is_some_and(|value| !matches!(value, Value::Number(_)));
        if is_wrong {
            let finding = self.reader.mistake(&code::BAD_OPERATOR_VALUE, &node.span, format!("{what} takes a number"));
            self.reader.push(finding.help("dates are compared with `before` and `after`; a number has no quotes"));
            return None;
        }
        Some(expression)
    }

    fn lengths(&mut self, node: &Node, what: &str) -> Vec<(Comparison, u64)> {
        let Content::Map(entries) = &node.content else { return self.numbers_of(node, what) };
        let mut lengths = Vec::new();
        entries.iter().for_each(|entry| lengths.extend(self.comparison_of_number(entry, what)));
        lengths
    }

    /// A whole number, or a range of them.
    fn numbers_of(&mut self, node: &Node, what: &str) -> Vec<(Comparison, u64)> {
        let Some(bounds) = self.range(node) else {
            if let Some(meant) = node.scalar().and_then(foreign::in_place_of) {
                let message = format!("{what} is a number or a range of numbers, and this is a text");
                let finding = self.reader.mistake(&code::WRONG_SHAPE, &node.span, message);
                self.reader.push(finding.help(format!("write {meant}, without quotes")));
                return Vec::new();
            }
            let number = self.reader.whole(node, what, NUMBERS);
            return number.map(|number| (Comparison::Equal, number)).into_iter().collect();
        };
        let ends = [(Comparison::GreaterOrEqual, &bounds.low), (Comparison::LessOrEqual, &bounds.high)];
        let ends = ends.into_iter().filter_map(|(comparison, end)| Some((comparison, end.as_ref()?)));
        let numbers: Option<Vec<_>> = ends.map(|(comparison, end)| Some((comparison, end.parse().ok()?))).collect();
        numbers.filter(|numbers| numbers.iter().all(|(_, number)| NUMBERS.contains(number))).unwrap_or_else(|| {
            let message = format!("{what} takes whole numbers from 0 to {}", NUMBERS.end());
            self.reader.push(self.reader.mistake(&code::BAD_OPERATOR_VALUE, &node.span, message));
            Vec::new()
        })
    }

    fn comparison_of_number(&mut self, entry: &Entry, what: &str) -> Option<(Comparison, u64)> {
        let named = Comparison::named().find(|(name, _)| *name == entry.key);
        let Some((_, comparison)) = named else {
            let message = format!("{what} has no comparison `{}`", entry.key);
            let finding = self.reader.mistake(&code::UNKNOWN_OPERATOR, &entry.key_span, message);
            let names = Comparison::named().map(|(name, _)| name);
            let is_of_element = entry.key.starts_with(['.', '[']) || Declared::named(&entry.key).is_some();
            let help = match what {
                "`count`" if is_of_element => {
                    format!("what is counted stands behind `of`: `count: {{ of: {{ {}: … }}, gt: 1 }}`", entry.key)
                }
                _ => format!("its comparisons are {}", listed(names)),
            };
            self.reader.push(finding.help(help));
            return None;
        };
        self.reader.whole(&entry.value, format!("`{}`", entry.key), NUMBERS).map(|number| (comparison, number))
    }

    /// `count: 2`, `count: 2..`, `count: { of: …, gt: 1 }`.
    fn count(&mut self, node: &Node, purpose: Purpose<'_>) -> Option<Comparator> {
        let all = || Checks { checks: Vec::new(), ignore_case: false };
        let Content::Map(entries) = &node.content else {
            let wanted = self.numbers_of(node, "`count`");
            return (!wanted.is_empty()).then(|| Comparator::Count(wanted, all()));
        };
        let (mut wanted, mut of, mut is_wrong) = (Vec::new(), None, false);
        for entry in entries {
            match entry.key.as_str() {
                COUNTED => of = Some(self.element_checks(&entry.value, purpose)),
                _ => match self.comparison_of_number(entry, "`count`") {
                    Some(number) => wanted.push(number),
                    None => is_wrong = true,
                },
            }
        }
        if wanted.is_empty() && !is_wrong {
            let finding = self.reader.mistake(
                &code::BAD_OPERATOR_VALUE,
                &node.span,
                "`count` does not say how many there must be",
            );
            self.reader.push(finding.help("write it beside `of`: `{ of: { in: [a, b] }, gt: 1 }`"));
        }
        (!wanted.is_empty()).then(|| Comparator::Count(wanted, of.unwrap_or_else(all)))
    }

    /// `.type: work` among the operators of an element.
    fn field_of_element(&mut self, entry: &Entry) -> Option<Comparator> {
        let key = &entry.key;
        if !self.is_of_element {
            let message = format!("`{key}` is a field of an element, and stands in `any`, `every`, `count` and `take`");
            let finding = self.reader.mistake(&code::UNKNOWN_OPERATOR, &entry.key_span, message);
            let help = format!(
                "of a list write `any: {{ {key}: … }}`; of an object write the whole path on the left, `PATH{key}: …`"
            );
            self.reader.push(finding.help(help));
            return None;
        }
        let steps = match Path::read(&format!("element{key}")) {
            Ok(path) => path.segments,
            Err(no_path) => {
                let message = format!("`{key}` is not a field: {}", no_path.what);
                let finding = self.reader.mistake(&code::BAD_PATH, &entry.key_span, message);
                self.reader
                    .push(finding.help("a field of an element is written `.type`, `.address.city` or `[\"E-Mail\"]`"));
                return None;
            }
        };
        let name = match steps.last() {
            Some(Segment::Key(name)) => name.to_string(),
            _ => String::new(),
        };
        self.is_of_element = false;
        let checks = self.checks(&entry.value, Purpose::Field(&name));
        self.is_of_element = true;
        Some(Comparator::Field(steps, checks))
    }

    /// `4..7` without quotes; what is quoted is a text.
    fn range(&mut self, node: &Node) -> Option<Bounds> {
        match &node.content {
            Content::Scalar { text, style: Style::Plain } => self.range_of(text, &node.span, &code::BAD_OPERATOR_VALUE),
            Content::Scalar { .. } | Content::List(_) | Content::Map(_) => None,
        }
    }

    /// The range that a text says. What only looks like one is a mistake.
    pub(in crate::rule::compile) fn range_of(
        &mut self,
        text: &str,
        span: &Range<usize>,
        code: &'static Code,
    ) -> Option<Bounds> {
        match Bounds::read(text)? {
            Ok(bounds) => Some(bounds),
            Err(bad) => {
                let finding = self.reader.mistake(code, span, bad.what);
                self.reader.push(finding.help(bad.help).help("text of these letters stands in double quotes"));
                Some(Bounds { low: None, high: None })
            }
        }
    }

    fn networks(&mut self, node: &Node, what: &str) -> Option<Networks> {
        let texts = self.reader.texts(node, "a network");
        if texts.is_empty() {
            let finding =
                self.reader.mistake(&code::BAD_OPERATOR_VALUE, &node.span, format!("{what} names no network"));
            self.reader.push(finding.help("write a network or a list of them: `[10.20.0.0/14, 2001:db8::/32]`"));
            return None;
        }
        match Networks::read(texts.iter().map(|(text, _)| *text)) {
            Ok(networks) => Some(networks),
            Err((place, why)) => {
                let span = texts.get(place).map_or(&node.span, |(_, span)| span);
                let finding = self.reader.mistake(&code::BAD_OPERATOR_VALUE, span, why.what);
                self.reader.push(finding.help(why.help));
                None
            }
        }
    }

    /// `true` or `false`; behind `over` people write how long ago.
    fn truth(&mut self, property: Property, node: &Node, what: String) -> Option<bool> {
        let offset = node.scalar().filter(|text| property == Property::Over && Offset::alone(text).is_some());
        let Some(offset) = offset else { return self.reader.boolean(node, what) };
        let message = format!("{what} is true or false, not `{offset}`");
        let finding = self.reader.mistake(&code::WRONG_SHAPE, &node.span, message);
        let offset = offset.trim().trim_start_matches(['+', '-']);
        self.reader.push(finding.help(format!(
            "write `before: today-{offset}` for what ended so long ago; a later day stands in `let`, `last: \
             '${{add_time(user.endDate, \"{offset}\")}}'`, and then `last: {{ over: true }}`"
        )));
        None
    }

    /// Whether what is tested may be a secret: the value itself, or a field of its elements.
    pub(in crate::rule::compile) fn may_be_on_secret(&self, path: &Path, checks: &Checks) -> bool {
        let secrets = &self.hooks.secrets;
        let below = |steps: Vec<Segment>| Path {
            root: path.root.clone(),
            segments: path.segments.iter().cloned().chain(steps).collect(),
        };
        secrets.may_have(path) || checks.fields().into_iter().any(|steps| secrets.may_have(&below(steps)))
    }
}
