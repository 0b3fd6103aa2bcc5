//! Describes conditions in words: a clause where they are few, else a list.

use super::page::{Item, Line};
use super::value::{elements, long_script, value};
use crate::event::{Path, Root};
use crate::rule::{
    Base, Bounds, Check, Checks, Comparator, Comparison, Condition, DateOperand, Declared, Expression, Operand,
    Operator, Property, Relation, RuleSet, ScriptCondition, Takes, Test,
};

/// Most tests that one sentence can hold and still be read.
const CLAUSE_LIMIT: usize = 3;

/// The condition as a clause, where it is a few tests that must all hold.
pub fn clause(set: &RuleSet, condition: &Condition) -> Option<Line> {
    let all: Vec<&Condition> = match condition {
        Condition::Always => return None,
        Condition::All(all) => all.iter().collect(),
        one => vec![one],
    };
    if all.len() > CLAUSE_LIMIT {
        return None;
    }
    let clauses: Option<Vec<Line>> = all.into_iter().map(|condition| plain(set, condition)).collect();
    clauses.map(|clauses| Line::joined(clauses, " and "))
}

/// The conditions that must all hold, one by one.
pub fn items(set: &RuleSet, condition: &Condition) -> Vec<Item> {
    match condition {
        Condition::Always => Vec::new(),
        Condition::All(all) => all.iter().map(|condition| item(set, condition)).collect(),
        one => vec![item(set, one)],
    }
}

fn item(set: &RuleSet, condition: &Condition) -> Item {
    if let Some(line) = plain(set, condition) {
        return line.into();
    }
    let of = |words: &str, inner: &[Condition]| Item {
        line: Line::of(words),
        code: None,
        inner: inner.iter().map(|condition| item(set, condition)).collect(),
    };
    match condition {
        Condition::All(all) => of("all of these hold:", all),
        Condition::Any(any) => of("at least one of these holds:", any),
        Condition::Not(inner) => match &**inner {
            Condition::All(all) => of("not all of these hold:", all),
            Condition::Any(any) => of("none of these holds:", any),
            other => of("this does not hold:", std::slice::from_ref(other)),
        },
        Condition::Script(script) => {
            Item { line: Line::of("this script gives true:"), code: long_script(&script.value), inner: Vec::new() }
        }
        Condition::Always | Condition::Test(_) => Item::default(),
    }
}

/// A test, or its opposite, or a script of one line.
fn plain(set: &RuleSet, condition: &Condition) -> Option<Line> {
    match condition {
        Condition::Test(test) => Some(of_test(set, test, false)),
        Condition::Not(inner) => match &**inner {
            Condition::Test(test) if test.checks.checks.len() == 1 => Some(of_test(set, test, true)),
            Condition::Script(script) => of_script(script, "does not give true"),
            _ => None,
        },
        Condition::Script(script) => of_script(script, "gives true"),
        Condition::Always | Condition::All(_) | Condition::Any(_) => None,
    }
}

/// What a cell says of its column; `None` where it is one value, which is said as it stands there.
pub fn cell(set: &RuleSet, test: &Test) -> Option<Line> {
    let is_value = match test.checks.checks.as_slice() {
        [check] => match &check.operator.comparator {
            Comparator::Value(Relation::Equal, operand) => !check.operator.is_negated && operand.constant().is_some(),
            _ => false,
        },
        _ => false,
    };
    (!is_value).then(|| all_of(set, &test.checks, false))
}

fn of_script(script: &ScriptCondition, gives: &str) -> Option<Line> {
    let is_long = long_script(&script.value).is_some();
    (!is_long).then(|| value(&script.value).text(format!(" {gives}")))
}

fn of_test(set: &RuleSet, test: &Test, is_opposite: bool) -> Line {
    Line::default().code(test.subject.path.to_string()).text(" ").line(all_of(set, &test.checks, is_opposite))
}

/// What is said of one value: `is present and does not match …`.
pub fn all_of(set: &RuleSet, checks: &Checks, is_opposite: bool) -> Line {
    // That the value is there is said once.
    let first = checks.checks.iter().position(|check| !is_opposite && check.operator.is_negated);
    let is_said = |check: &Check| {
        first.is_some() && matches!(check.operator.comparator, Comparator::Property(Property::Present, true))
    };
    let told = checks.checks.iter().enumerate().filter(|(_, check)| !is_said(check));
    let clauses = told.map(|(place, check)| match &check.operator {
        Operator { comparator, is_negated: true } if first.is_some_and(|first| first < place) => {
            of_comparator(set, comparator, "", true)
        }
        operator => of_operator(set, operator, is_opposite),
    });
    let all = Line::joined(clauses, " and ");
    if checks.ignore_case { all.text(" (upper and lower case alike)") } else { all }
}

fn of_operator(set: &RuleSet, operator: &Operator, is_opposite: bool) -> Line {
    match (operator.is_negated, is_opposite) {
        (false, _) => of_comparator(set, &operator.comparator, "", is_opposite),
        (true, false) => of_comparator(set, &operator.comparator, "is present and ", true),
        (true, true) => of_comparator(set, &operator.comparator, "is absent or ", false),
    }
}

/// What is said of a value that passes the comparator, or of one that does not.
fn of_comparator(set: &RuleSet, comparator: &Comparator, before: &str, is_opposite: bool) -> Line {
    let (so, not_so) = Declared::with(comparator.kind()).map_or(("", ""), |declared| declared.words);
    let say = |is_opposite: bool| Line::of(format!("{before}{}", if is_opposite { not_so } else { so }));
    let said = say(is_opposite);
    match comparator {
        Comparator::Value(relation, list) if relation.takes() == Takes::List => match is_opposite {
            true => none_of(before, list),
            false => one_of(before, list),
        },
        Comparator::Value(_, operand) => said.line(value(operand)),
        Comparator::Pattern(pattern) => said.code(pattern.text()),
        Comparator::Date(_, moment) => said.line(of_date(moment)),
        Comparator::Property(_, wanted) => say(*wanted == is_opposite),
        Comparator::Length(lengths) => said.text(of_lengths(lengths)),
        Comparator::Range(bounds) => Line::of(format!("{before}{}", of_bounds(bounds, is_opposite))),
        Comparator::Within(networks) => said.text(networks.to_string()),
        Comparator::Count(wanted, inner) => {
            let line = said.text(of_lengths(wanted)).text(" elements");
            if inner.checks.is_empty() { line } else { line.text(" of which each ").line(all_of(set, inner, false)) }
        }
        Comparator::Field(steps, inner) => {
            let field = Path { root: Root::User, segments: steps.clone() }.to_string();
            let field = field.trim_start_matches("user").trim_start_matches('.').to_owned();
            let has = if is_opposite { "has no field " } else { "has a field " };
            Line::of(has).code(field).text(" that ").line(all_of(set, inner, false))
        }
        Comparator::Not(inner) if inner.checks.len() == 1 => all_of(set, inner, !is_opposite),
        Comparator::Elements(_, inner) | Comparator::Not(inner) => said.line(all_of(set, inner, false)),
        Comparator::FoundIn(lookup) => said.code(set.lookups.get(*lookup).map_or("", |lookup| &lookup.name)),
    }
}

fn one_of(before: &str, list: &Expression) -> Line {
    match elements(list) {
        Some(few) if (1..=2).contains(&few.len()) => Line::of(format!("{before}is ")).line(Line::listed(few, " or ")),
        Some(several) => Line::of(format!("{before}is one of ")).line(Line::listed(several, " or ")),
        None => Line::of(format!("{before}is one of ")).line(value(list)),
    }
}

fn none_of(before: &str, list: &Expression) -> Line {
    match elements(list) {
        Some(one) if one.len() == 1 => Line::of(format!("{before}is not ")).line(Line::listed(one, "")),
        Some(several) => Line::of(format!("{before}is none of ")).line(Line::joined(several, ", ")),
        None => Line::of(format!("{before}is none of ")).line(value(list)),
    }
}

fn of_date(moment: &DateOperand) -> Line {
    let base = match &moment.base {
        Base::Written(_, text) => Line::of(text.as_str()),
        Base::Start(start) => Line::of(start.word()),
        Base::Value(expression) => value(expression),
    };
    match moment.offset {
        Some(offset) => Line::of(format!("{} ", offset.words())).line(base),
        None => base,
    }
}

/// A range, as what is said of a number in it, or of one that is not.
fn of_bounds(bounds: &Bounds, is_opposite: bool) -> String {
    let is = if is_opposite { "is not" } else { "is" };
    match (&bounds.low, &bounds.high) {
        (Some(low), Some(high)) => format!("{is} a number from {low} to {high}"),
        (Some(low), None) => format!("{is} a number of at least {low}"),
        (None, Some(high)) => format!("{is} a number of at most {high}"),
        (None, None) => format!("{is} a number"),
    }
}

fn of_lengths(lengths: &[(Comparison, u64)]) -> String {
    let words = lengths.iter().map(|(comparison, length)| match comparison {
        Comparison::Equal => length.to_string(),
        ordered => {
            let declared = Declared::with(Operand::Value(Relation::Order(*ordered)));
            let words = declared.map_or("", |declared| declared.words.0);
            format!("{}{length}", words.trim_start_matches("is "))
        }
    });
    words.collect::<Vec<_>>().join(" and ")
}
