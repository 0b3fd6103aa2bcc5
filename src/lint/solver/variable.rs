//! The variables of conditions: fields of the event, names that `let` computes, scripts.

use std::collections::HashMap;

use crate::event::{Path, Segment};
use crate::lint::write::Writes;
use crate::rule::{Binding, Bound, Expression, Read, ReadFrom};

/// Something that has one value while a rule is evaluated.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Variable {
    Field(Path),
    /// What `let` computes, and a part of it.
    Bound(usize, Vec<Segment>),
    /// Whether a script gives true, by its key.
    Script(String),
}

/// The variables of a rule set, by their numbers.
#[derive(Debug)]
pub struct Variables<'r> {
    bindings: &'r [Binding],
    /// What any rule writes.
    writes: &'r Writes,
    pub all: Vec<Variable>,
    numbers: HashMap<Variable, usize>,
}

impl<'r> Variables<'r> {
    pub fn new(bindings: &'r [Binding], writes: &'r Writes) -> Self {
        Self { bindings, writes, all: Vec::new(), numbers: HashMap::new() }
    }

    /// The number of a variable.
    pub fn number(&mut self, variable: Variable) -> usize {
        if let Some(number) = self.numbers.get(&variable) {
            return *number;
        }
        let number = self.all.len();
        self.all.push(variable.clone());
        self.numbers.insert(variable, number);
        number
    }

    /// The variable a name stands for. A `let` that only gives a field another name stands for that field,
    /// unless some rule changes the field: `let` keeps the value it was first read with.
    pub fn of_read(&mut self, read: &Read) -> usize {
        let variable = self.behind(read);
        self.number(variable)
    }

    fn behind(&self, read: &Read) -> Variable {
        let ReadFrom::Binding(number) = read.from else { return Variable::Field(read.path.clone()) };
        match self.bindings.get(number).map(|binding| &binding.value) {
            Some(Bound::Value(Expression::Read(other))) => match self.behind(other) {
                Variable::Field(mut path) if !self.writes.touch(&path) => {
                    path.segments.extend_from_slice(&read.path.segments);
                    Variable::Field(path)
                }
                _ => Variable::Bound(number, read.path.segments.clone()),
            },
            _ => Variable::Bound(number, read.path.segments.clone()),
        }
    }

    /// The field that most likely has to have a value for the variable to have it: the only one it is computed from.
    pub fn field(&self, number: usize) -> Option<&Path> {
        match self.all.get(number)? {
            Variable::Field(path) => Some(path),
            Variable::Bound(binding, segments) if segments.is_empty() => self.source(*binding),
            _ => None,
        }
    }

    fn source(&self, binding: usize) -> Option<&'r Path> {
        let Bound::Value(expression) = &self.bindings.get(binding)?.value else { return None };
        let mut reads = Vec::new();
        expression.reads(&mut reads);
        reads.dedup();
        let [read] = reads.as_slice() else { return None };
        match read.from {
            ReadFrom::Binding(inner) => self.source(inner),
            ReadFrom::Slot(_) => only_path(expression),
        }
    }
}

fn only_path(expression: &Expression) -> Option<&Path> {
    match expression {
        Expression::Read(read) => Some(&read.path),
        Expression::Template(parts) | Expression::Call(_, parts) | Expression::List(parts) => {
            parts.iter().find_map(only_path)
        }
        Expression::Coalesce(first, second) => only_path(first).or_else(|| only_path(second)),
        Expression::Map(fields) => fields.iter().find_map(|(_, field)| only_path(field)),
        Expression::Script(script) => script.reads.first().map(|read| &read.path),
        Expression::Constant(_) => None,
    }
}
