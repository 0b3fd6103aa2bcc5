//! Describes verbs: what is done where a rule holds.

use super::condition::all_of;
use super::page::{Item, Line};
use super::value::{long_script, value};
use crate::event::Value;
use crate::rule::{Action, Expression, RuleSet, Taken};

/// What a verb does, as a clause.
pub fn clause(set: &RuleSet, action: &Action) -> Line {
    match action {
        Action::Reject { code, attribute } => {
            let line = Line::of("the call is refused with ").code(code.as_str());
            let line = match set.codes.get(code) {
                Some(text) => line.text(format!(" (“{text}”)")),
                None => line,
            };
            match attribute {
                Some(attribute) => line.text(", about the field ").code(attribute.as_str()),
                None => line,
            }
        }
        Action::Set(target, expression) => {
            Line::default().code(target.to_string()).text(" becomes ").line(value(expression))
        }
        Action::Default(target, expression) => {
            let line = Line::default().code(target.to_string()).text(" becomes ").line(value(expression));
            line.text(" where it is absent or empty")
        }
        Action::Remove(target) => Line::default().code(target.to_string()).text(" is removed"),
        Action::Add(target, expression) => {
            value(expression).text(" is added to the list ").code(target.to_string()).text(" unless it is in it")
        }
        Action::Take(target, Taken::Equal(expression)) => {
            value(expression).text(" is taken from the list ").code(target.to_string())
        }
        Action::Take(target, Taken::Holding(checks)) => Line::of("each element that ")
            .line(all_of(set, checks, false))
            .text(" is taken from the list ")
            .code(target.to_string()),
        Action::MappedValue(expression) => Line::of("the mapped value is ").line(value(expression)),
        Action::Deprovision(Expression::Constant(Value::Bool(true))) => Line::of("access is taken away"),
        Action::Deprovision(Expression::Constant(_)) => Line::of("access is kept"),
        Action::Deprovision(expression) => {
            Line::of("access is taken away if ").line(value(expression)).text(" is true, and kept if not")
        }
        Action::Script(expression) => match long_script(expression) {
            Some(_) => Line::of("this script runs:"),
            None => Line::of("the script ").line(value(expression)).text(" runs"),
        },
        Action::Deliver(deliver) => value(&deliver.body).text(" is sent to ").code(deliver.to.as_str()),
        Action::Stop => Line::of("no later rule is looked at"),
    }
}

/// The same as a point of a list, with the script it runs.
pub fn item(set: &RuleSet, action: &Action) -> Item {
    Item { line: clause(set, action), code: script(action), inner: Vec::new() }
}

/// The script a verb runs, if it takes several lines.
pub fn script(action: &Action) -> Option<String> {
    match action {
        Action::Script(expression) => long_script(expression),
        _ => None,
    }
}
