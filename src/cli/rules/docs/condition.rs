//! Describes conditions in words: a clause where they are few, else a list.

use super::page::{Item, Line};
use super::value::{elements, long_script, value};
use crate::rule::{
    Base, Check, Checks, Comparison, Condition, Expression, Moment, Operator, RuleSet, ScriptCondition, Test,
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

fn of_script(script: &ScriptCondition, gives: &str) -> Option<Line> {
    let is_long = long_script(&script.value).is_some();
    (!is_long).then(|| value(&script.value).text(format!(" {gives}")))
}

fn of_test(set: &RuleSet, test: &Test, is_opposite: bool) -> Line {
    Line::default().code(test.subject.path.to_string()).text(" ").line(all_of(set, &test.checks, is_opposite))
}

/// What is said of one value: `is present and does not match …`.
fn all_of(set: &RuleSet, checks: &Checks, is_opposite: bool) -> Line {
    // That the value is there is said once.
    let says_present = |check: &&Check| matches!(check.operator, Operator::IsNot(_) | Operator::NotIn(_));
    let first = checks.checks.iter().position(|check| !is_opposite && says_present(&check));
    let is_said = |check: &Check| first.is_some() && matches!(check.operator, Operator::Present(true));
    let told = checks.checks.iter().enumerate().filter(|(_, check)| !is_said(check));
    let clauses = told.map(|(place, check)| match &check.operator {
        Operator::IsNot(operand) if first.is_some_and(|first| first < place) => {
            Line::of("is not ").line(value(operand))
        }
        Operator::NotIn(list) if first.is_some_and(|first| first < place) => none_of("", list),
        _ => of_check(set, check, is_opposite),
    });
    let all = Line::joined(clauses, " and ");
    if checks.ignore_case { all.text(" (upper and lower case alike)") } else { all }
}

fn of_check(set: &RuleSet, check: &Check, is_opposite: bool) -> Line {
    let say = |so: &'static str, not_so: &'static str| Line::of(if is_opposite { not_so } else { so });
    match &check.operator {
        Operator::Is(operand) => say("is ", "is not ").line(value(operand)),
        Operator::IsNot(operand) => say("is present and is not ", "is absent or is ").line(value(operand)),
        Operator::In(list) if is_opposite => none_of("", list),
        Operator::In(list) => one_of("", list),
        Operator::NotIn(list) if is_opposite => one_of("is absent or ", list),
        Operator::NotIn(list) => none_of("is present and ", list),
        Operator::Matches(pattern) => say("matches ", "does not match ").code(pattern.text()),
        Operator::StartsWith(operand) => say("begins with ", "does not begin with ").line(value(operand)),
        Operator::EndsWith(operand) => say("ends with ", "does not end with ").line(value(operand)),
        Operator::Contains(operand) => say("contains ", "does not contain ").line(value(operand)),
        Operator::Compare(comparison, operand) => {
            say("is ", "is not ").text(format!("{} ", comparison.words())).line(value(operand))
        }
        Operator::Before(moment) => say("is earlier than ", "is not earlier than ").line(of_moment(moment)),
        Operator::After(moment) => say("is later than ", "is not later than ").line(of_moment(moment)),
        Operator::Over(wanted) if *wanted == is_opposite => Line::of("is not over yet"),
        Operator::Over(_) => Line::of("is over"),
        Operator::IsDate(wanted) if *wanted == is_opposite => Line::of("is no date that can be read"),
        Operator::IsDate(_) => Line::of("is a date"),
        Operator::Length(lengths) => say("has a length of ", "does not have a length of ").text(of_lengths(lengths)),
        Operator::Present(wanted) => Line::of(if *wanted == is_opposite { "is absent" } else { "is present" }),
        Operator::Empty(wanted) => Line::of(if *wanted == is_opposite { "is not empty" } else { "is absent or empty" }),
        Operator::AnyElement(inner) => {
            say("has an element that ", "has no element that ").line(all_of(set, inner, false))
        }
        Operator::EveryElement(inner) => say("is a list of which every element ", "is no list of which every element ")
            .line(all_of(set, inner, false)),
        Operator::Not(inner) if inner.checks.len() == 1 => all_of(set, inner, !is_opposite),
        Operator::Not(inner) => say("is not so that it ", "is so that it ").line(all_of(set, inner, false)),
        Operator::FoundIn(lookup) => {
            let name = set.lookups.get(*lookup).map_or("", |lookup| &lookup.name);
            say("is found in the lookup ", "is not found in the lookup ").code(name)
        }
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

fn of_moment(moment: &Moment) -> Line {
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

fn of_lengths(lengths: &[(Comparison, u64)]) -> String {
    let words = lengths.iter().map(|(comparison, length)| match comparison {
        Comparison::Equal => length.to_string(),
        other => format!("{} {length}", other.words()),
    });
    words.collect::<Vec<_>>().join(" and ")
}
