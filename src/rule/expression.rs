//! Values as meant: constants, names, templates, calls, scripts.

use std::ops::Range;

use super::function::Function;
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
    pub from: From,
}

/// Where a name's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum From {
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

    /// The value, if it is the same for every event.
    #[must_use]
    pub fn constant(&self) -> Option<&Value<'static>> {
        match self {
            Expression::Constant(value) => Some(value),
            _ => None,
        }
    }
}
