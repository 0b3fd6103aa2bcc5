//! Values of rules: constants, names, templates, calls, scripts.

use std::ops::Range;

use super::function::{Function, Markup};
use super::script::Script;
use crate::event::{Path, Value};

/// A value a rule computes.
#[derive(Debug)]
pub enum Expression {
    Constant(Value<'static>),
    Read(Read),
    /// Texts put together; an absent part is an error.
    Template(Vec<Expression>),
    /// The first unless it is absent, else the second.
    Coalesce(Box<Expression>, Box<Expression>),
    Call(&'static Function, Vec<Expression>),
    Script(Box<ScriptUse>),
    List(Vec<Expression>),
    Map(Vec<(String, Expression)>),
}

/// A name that is read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Read {
    pub path: Path,
    pub from: ReadFrom,
}

/// Where a name's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReadFrom {
    /// The event, through the slot that keeps it once read.
    Slot(usize),
    /// A `let`, by its place among the bindings.
    Binding(usize),
}

/// A script where it stands.
#[derive(Debug)]
pub struct ScriptUse {
    pub script: Script,
    /// What it reads, in the order of `Script::reads`.
    pub reads: Vec<Read>,
    /// The script's first line in the file, to which its own lines are added.
    pub span: Range<usize>,
}

impl Expression {
    /// Every name the value depends on.
    pub fn reads(&self, found: &mut Vec<Read>) {
        match self {
            Expression::Constant(_) => {}
            Expression::Read(read) => found.push(read.clone()),
            Expression::Template(parts) | Expression::Call(_, parts) | Expression::List(parts) => {
                parts.iter().for_each(|part| part.reads(found));
            }
            Expression::Coalesce(first, second) => {
                first.reads(found);
                second.reads(found);
            }
            Expression::Script(script) => found.extend(script.reads.iter().cloned()),
            Expression::Map(fields) => fields.iter().for_each(|(_, field)| field.reads(found)),
        }
    }

    /// The same for a message with markup: what is brought into it is escaped, and what the rule has written is not. A field
    /// whose name ends with `url` holds no words.
    #[must_use]
    pub fn escaped_for(self, markup: Markup) -> Self {
        let all = |parts: Vec<Expression>| parts.into_iter().map(|part| part.escaped_for(markup)).collect();
        match self {
            constant @ Expression::Constant(_) => constant,
            // A rule may have said so itself.
            Expression::Call(function, parts) if Markup::is_of(function) => Expression::Call(function, parts),
            Expression::Template(parts) => Expression::Template(all(parts)),
            Expression::List(items) => Expression::List(all(items)),
            Expression::Coalesce(first, second) => {
                Expression::Coalesce(Box::new(first.escaped_for(markup)), Box::new(second.escaped_for(markup)))
            }
            Expression::Map(fields) => {
                let is_address = |key: &str| key.to_ascii_lowercase().ends_with("url");
                let field = |(key, value): (String, Expression)| match is_address(&key) {
                    true => (key, value),
                    false => (key, value.escaped_for(markup)),
                };
                Expression::Map(fields.into_iter().map(field).collect())
            }
            brought @ (Expression::Read(_) | Expression::Call(..) | Expression::Script(_)) => {
                Expression::Call(markup.function(), vec![brought])
            }
        }
    }

    /// The value as a rule would write it, whole: two that are written alike are one.
    #[must_use]
    pub fn spelled(&self) -> String {
        let all = |parts: &[Expression]| parts.iter().map(Expression::spelled).collect::<Vec<_>>();
        match self {
            Expression::Constant(value) => value.to_json(),
            Expression::Read(read) => read.path.to_string(),
            Expression::Template(parts) => all(parts).join(" + "),
            Expression::Coalesce(first, second) => format!("{} ?? {}", first.spelled(), second.spelled()),
            Expression::Call(function, values) => Self::call_spelled(function, values),
            Expression::Script(used) => used.script.text().trim().replace('\n', " "),
            Expression::List(items) => format!("[{}]", all(items).join(", ")),
            Expression::Map(fields) => {
                let fields: Vec<String> =
                    fields.iter().map(|(key, value)| format!("{key}: {}", value.spelled())).collect();
                format!("{{ {} }}", fields.join(", "))
            }
        }
    }

    /// The same of a call: `digits(user.mobile)`.
    #[must_use]
    pub fn call_spelled(function: &Function, values: &[Expression]) -> String {
        let values: Vec<String> = values.iter().map(Expression::spelled).collect();
        function.spelled(&values.join(", "))
    }

    /// The value as the rule has it, without what escapes it for a message.
    #[must_use]
    pub fn as_written(&self) -> &Expression {
        match self {
            Expression::Call(function, parts) if Markup::is_of(function) => parts.first().unwrap_or(self),
            other => other,
        }
    }

    /// The value, if it is the same for every event.
    #[must_use]
    pub fn constant(&self) -> Option<&Value<'static>> {
        match self {
            Expression::Constant(value) => Some(value),
            _ => None,
        }
    }
}
