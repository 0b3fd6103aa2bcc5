//! Collects the constants that tests of one variable name, by kind, and builds whole samples from them.

use std::collections::BTreeSet;

use super::pattern;
use super::predicate::Predicates;
use crate::event::{Segment, Shape, Value, View, folded, into_nfc, is_blank};
use crate::rule::{At, Base, Checks, Comparator, Comparison, Operator, Property, Relation};

/// Longest text that is made only to have a length, in characters.
const LONGEST: u64 = 1_000;
/// Longest list that is made only to have so many elements.
const LONGEST_LIST: u64 = 20;
/// Most texts that are put together of others.
const COMBINED: usize = 48;

/// What the tests name.
#[expect(clippy::struct_excessive_bools, reason = "which kinds of values are natural there are five answers")]
#[derive(Debug, Default)]
pub struct Constants {
    pub texts: BTreeSet<String>,
    /// Texts compared without regard to case, in lower case.
    pub folded: BTreeSet<String>,
    pub numbers: Vec<String>,
    /// Lists and objects that are compared whole, and lists in which an element is looked for.
    pub wholes: Vec<Value<'static>>,
    /// Texts that were made to pass the tests.
    pub made: BTreeSet<String>,
    pub has_texts: bool,
    pub has_lists: bool,
    pub has_truths: bool,
    pub has_dates: bool,
    /// Whether some test tells a blank text from others.
    pub has_blanks: bool,
}

impl Constants {
    /// Takes in a test.
    pub fn take(&mut self, checks: &Checks) {
        for check in &checks.checks {
            self.operator(&check.operator, checks.ignore_case);
        }
    }

    fn operator(&mut self, operator: &Operator, ignore_case: bool) {
        match &operator.comparator {
            Comparator::Value(relation, operand) => {
                let Some(constant) = operand.constant() else { return };
                self.operand(*relation, constant.view(), ignore_case);
            }
            Comparator::Not(inner) => self.take(inner),
            Comparator::Elements(_, inner) => self.elements(inner),
            Comparator::Count(wanted, inner) => self.counted(wanted, inner),
            // Elements are made with their fields.
            Comparator::Field(..) => {}
            Comparator::Range(bounds) => self.numbers.extend(bounds.ends().cloned()),
            Comparator::Within(networks) => {
                self.made.extend(networks.iter().map(|network| network.network().to_string()));
                self.made.extend(["192.0.2.1", "2001:db8::1"].map(str::to_owned));
                self.has_texts = true;
            }
            Comparator::Property(property, _) if property.is_of_dates() => self.dates(),
            Comparator::Property(property, _) => self.has_blanks |= *property == Property::Empty,
            Comparator::Date(_, moment) => {
                if let Base::Written(_, text) = &moment.base {
                    self.made.insert(text.clone());
                }
                self.dates();
            }
            Comparator::Pattern(pattern) => {
                self.made.extend(pattern.samples(pattern::texts).iter().cloned());
                self.has_texts = true;
            }
            Comparator::Length(wanted) => {
                let lengths = wanted.iter().flat_map(|(_, limit)| [limit.saturating_sub(1), *limit, limit + 1]);
                let fitting = lengths.filter(|length| *length <= LONGEST);
                self.made.extend(fitting.map(|length| "x".repeat(usize::try_from(length).unwrap_or_default())));
                (self.has_texts, self.has_blanks) = (true, true);
            }
            Comparator::FoundIn(_) => self.has_texts = true,
        }
    }

    /// The values that the tests name, one by one.
    fn values(&self) -> Vec<Value<'static>> {
        let texts = self.texts.iter().chain(&self.folded).chain(&self.made).map(Value::text);
        let numbers = self.numbers.iter().map(|number| Value::Number(number.clone().into()));
        texts.chain(numbers).chain(self.wholes.iter().cloned()).collect()
    }

    /// A date long ago.
    fn dates(&mut self) {
        self.made.insert("2000-01-01".to_owned());
        (self.has_texts, self.has_dates) = (true, true);
    }

    fn operand(&mut self, relation: Relation, constant: View<'_>, ignore_case: bool) {
        match (relation.part(), constant.shape()) {
            (None, Shape::List(list)) if relation == Relation::Member => {
                list.iter().for_each(|item| self.value(item, ignore_case));
            }
            (Some(At::Anywhere), shape) => {
                let item = constant.to_value().into_static();
                self.wholes.push(Value::List(vec![item]));
                self.has_lists = true;
                if let Shape::Text(text) = shape {
                    self.made.insert(text.into_owned());
                    self.has_texts = true;
                }
            }
            (Some(At::Start | At::End), Shape::Text(text)) => {
                self.made.insert(text.into_owned());
                self.has_texts = true;
            }
            _ => self.value(constant, ignore_case),
        }
    }

    fn value(&mut self, value: View<'_>, ignore_case: bool) {
        match value.shape() {
            Shape::Text(text) => {
                self.has_blanks |= is_blank(&text);
                self.has_texts = true;
                if ignore_case {
                    self.folded.insert(folded(&text).into_owned());
                }
                self.texts.insert(into_nfc(text).into_owned());
            }
            Shape::Number(number) => self.numbers.push(number.to_owned()),
            Shape::Bool(_) => self.has_truths = true,
            Shape::Null => {}
            Shape::List(_) | Shape::Map(_) | Shape::Secret(_) => {
                self.has_lists = true;
                self.wholes.push(value.to_value().into_static());
            }
        }
    }

    /// Lists of one and of two elements that pass and fail the inner tests.
    fn elements(&mut self, inner: &Checks) {
        for item in items(inner) {
            self.wholes.push(Value::List(vec![item.clone(), Value::text("other")]));
            self.wholes.push(Value::List(vec![item]));
        }
        self.has_lists = true;
    }

    /// Lists with about as many elements as are wanted, of each that passes and fails the inner tests.
    fn counted(&mut self, wanted: &[(Comparison, u64)], inner: &Checks) {
        let lengths = wanted.iter().flat_map(|(_, limit)| [limit.saturating_sub(1), *limit, limit + 1]);
        let lengths: BTreeSet<u64> = lengths.filter(|length| *length <= LONGEST_LIST).collect();
        let mut all = items(inner);
        all.push(Value::text("other"));
        for length in lengths.iter().filter_map(|length| usize::try_from(*length).ok()) {
            self.wholes.extend(all.iter().map(|item| Value::List(vec![item.clone(); length])));
            let several = all.iter().cycle().take(length).cloned().collect();
            self.wholes.push(Value::List(several));
        }
        self.elements(inner);
        self.has_blanks = true;
    }

    /// Puts texts together that pass several tests at once.
    pub fn combine(&mut self, predicates: &Predicates<'_>) {
        let parts: Vec<(usize, super::predicate::Part)> = predicates.parts().collect();
        let texts = |at: At| {
            let chosen = parts.iter().filter(move |(_, part)| part.at == at).map(|(_, part)| part.text.clone());
            chosen.take(COMBINED).collect::<Vec<_>>()
        };
        let (starts, ends, insides) = (texts(At::Start), texts(At::End), texts(At::Anywhere));
        let made: Vec<String> = self.made.iter().take(COMBINED).cloned().collect();
        let with_none = |parts: &[String]| parts.iter().cloned().chain([String::new()]).collect::<Vec<_>>();
        let mut combined = Vec::new();
        let starts = if parts.is_empty() { Vec::new() } else { with_none(&starts) };
        for start in starts {
            for inside in with_none(&insides) {
                combined.extend(with_none(&ends).iter().map(|end| format!("{start}{inside}x{end}")));
            }
        }
        for first in &made {
            combined.extend(made.iter().map(|second| format!("{first}{second}")));
        }
        combined.retain(|text| !text.is_empty());
        combined.truncate(COMBINED * 4);
        self.made.extend(combined);
        self.pad(predicates);
    }

    /// Brings texts to the lengths that are asked for.
    fn pad(&mut self, predicates: &Predicates<'_>) {
        let mut lengths: BTreeSet<u64> = BTreeSet::new();
        for (operator, _) in &predicates.all {
            if let Comparator::Length(wanted) = &operator.comparator {
                lengths.extend(wanted.iter().flat_map(|(_, limit)| [limit.saturating_sub(1), *limit, limit + 1]));
            }
        }
        let texts: Vec<String> = self.made.iter().take(COMBINED).cloned().collect();
        for length in lengths.into_iter().filter(|length| *length <= LONGEST).take(COMBINED) {
            for text in &texts {
                let missing = usize::try_from(length).unwrap_or_default().saturating_sub(text.chars().count());
                let padding = text.chars().next_back().unwrap_or('x').to_string().repeat(missing);
                self.made.insert(format!("{text}{padding}"));
            }
        }
    }
}

/// Elements that pass and fail tests of them: values that the tests name, and objects with such values in the fields that
/// are asked for.
fn items(inner: &Checks) -> Vec<Value<'static>> {
    let mut own = Constants::default();
    own.take(inner);
    let mut items = own.values();
    let mut fields = Vec::new();
    fields_in(inner, &mut fields);
    let asked: Vec<(&[Segment], Vec<Value<'static>>)> = fields
        .into_iter()
        .map(|(steps, checks)| {
            let mut of_field = Constants::default();
            of_field.take(checks);
            let mut values = of_field.values();
            values.extend([Value::Bool(true), Value::Bool(false), Value::text("other")]);
            (steps, values)
        })
        .collect();
    let most = asked.iter().map(|(_, values)| values.len()).max().unwrap_or_default();
    for number in 0..most.min(COMBINED) {
        let mut object = Value::Map(Vec::new());
        for (steps, values) in &asked {
            let value = values.get(number).or(values.first()).cloned().unwrap_or(Value::Null);
            // Where one field lies within another's value, the first stands.
            let _ = object.set(steps, value);
        }
        items.push(object);
    }
    items
}

fn fields_in<'c>(checks: &'c Checks, found: &mut Vec<(&'c [Segment], &'c Checks)>) {
    for check in &checks.checks {
        match &check.operator.comparator {
            Comparator::Field(steps, inner) => found.push((steps, inner)),
            Comparator::Not(inner) => fields_in(inner, found),
            _ => {}
        }
    }
}
