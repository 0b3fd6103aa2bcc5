//! What a rule needs of a recorded event, of which some values are known by tokens alone: whether two are equal can be told,
//! and a rule that needs more ends here.

use super::draft::Draft;
use super::halt::{Halt, Result};
use super::need::Need;
use crate::event::token::{Stands, Token};
use crate::event::{Shape, Value, View};
use crate::rule::{Expression, Function, Operator};

/// Functions that look at no more of a value than whether it is there, and not empty: what is empty is recorded as it is.
const CONTENT: [&str; 3] = ["present", "coalesce", "first_filled"];

impl Draft<'_> {
    /// Ends the rule unless the value is known whole.
    pub(super) fn known(&mut self, value: View<'_>, what: impl FnOnce() -> String) -> Result<()> {
        match self.is_recorded && any(value, &|_| true) {
            true => Err(self.lacks(what())),
            false => Ok(()),
        }
    }

    /// The same for the value that is being tested.
    pub(super) fn known_subject(&mut self, value: View<'_>) -> Result<()> {
        let subject = self.subject;
        self.known(value, || subject.map_or_else(|| A_VALUE.to_owned(), ToString::to_string))
    }

    /// Ends the rule unless the operator can be told of these two.
    pub(super) fn comparable(
        &mut self,
        operator: &Operator,
        value: View<'_>,
        operand: View<'_>,
        ignore_case: bool,
    ) -> Result<()> {
        if !self.is_recorded {
            return Ok(());
        }
        let is_list = matches!(value.compared().shape(), Shape::List(_));
        let is_equality = match operator {
            Operator::Is(_) | Operator::IsNot(_) | Operator::In(_) | Operator::NotIn(_) => true,
            Operator::Contains(_) => is_list,
            // Elements are counted, not looked at.
            Operator::Length(_) if is_list => return Ok(()),
            _ => false,
        };
        let is_beyond = |token: Token<'_>| match token.stands() {
            Stands::ForSecret => true,
            Stands::ForText => !is_equality || ignore_case && !token.is_trimmed(),
            Stands::ForNumber => !is_equality,
        };
        match any(value, &is_beyond) || any(operand, &is_beyond) {
            true => {
                let subject = self.subject.map_or_else(|| A_VALUE.to_owned(), ToString::to_string);
                Err(self.lacks(subject))
            }
            false => Ok(()),
        }
    }

    /// Ends the rule unless a function can do with these values.
    pub(super) fn callable(&mut self, function: &Function, names: &[Expression], values: &[Value<'_>]) -> Result<()> {
        if !self.is_recorded || CONTENT.contains(&function.name) {
            return Ok(());
        }
        names.iter().zip(values).try_for_each(|(name, value)| self.known(value.view(), || name_of(name)))
    }

    /// Ends the rule unless a lookup can be asked by this key: a secret has no token to be found by.
    pub(super) fn findable(&mut self, lookup: usize, key: View<'_>) -> Result<()> {
        if !self.is_recorded || !any(key, &|token| token.stands() == Stands::ForSecret) {
            return Ok(());
        }
        let name = self.set.lookups.get(lookup).map_or("", |lookup| &lookup.name);
        Err(self.lacks(format!("the key of lookup {name}")))
    }

    /// Ends the rule unless the value can be written as a text: a token alone can, as the token it is.
    pub(super) fn writable(&mut self, value: View<'_>, what: &str) -> Result<()> {
        match value.shape() {
            Shape::Token(token) if token.stands() != Stands::ForSecret => Ok(()),
            _ => self.known(value, || what.to_owned()),
        }
    }

    fn lacks(&mut self, what: String) -> Halt {
        let failure = self.failure(format!("needs the plain value of `{what}`, and the record has a token"));
        let rule = self.rule.map_or_else(String::new, |rule| rule.name.clone());
        self.needs.get_or_insert_with(|| Need { what, rule, at: failure.place.file_line() });
        failure.into()
    }
}

const A_VALUE: &str = "a value";

/// What a person calls the value of an expression.
pub(super) fn name_of(expression: &Expression) -> String {
    match expression {
        Expression::Read(read) => read.path.to_string(),
        Expression::Coalesce(first, _) => name_of(first),
        Expression::Call(function, values) => match values.first().map(name_of) {
            Some(name) if name != A_VALUE => format!("{}({name})", function.name),
            _ => A_VALUE.to_owned(),
        },
        _ => A_VALUE.to_owned(),
    }
}

/// Whether the value is such a token, or has one in it.
fn any(value: View<'_>, is_such: &dyn Fn(Token<'_>) -> bool) -> bool {
    match value.compared().shape() {
        Shape::Token(token) => is_such(token),
        Shape::List(list) => list.iter().any(|item| any(item, is_such)),
        Shape::Map(map) => map.iter().any(|(_, field)| any(field, is_such)),
        Shape::Null | Shape::Bool(_) | Shape::Number(_) | Shape::Text(_) | Shape::Secret(_) => false,
    }
}
