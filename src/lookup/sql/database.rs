//! The source for SQL databases, in what all of them share; the client binds a query's values, whatever is in them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, ready};
use secrecy::SecretString;

use super::settings::SqlTarget;
use crate::event::{Shape, Value, View};
use crate::lookup::source::{Caller, Fault, Rows, Source, Trouble};
use crate::rule::{Ask, Part, Remote, Statement};

/// A database, whatever speaks to it.
pub trait Database: fmt::Debug + Send + Sync {
    /// The rows of a query whose values stand in the key. Ends by itself soon after the timeout.
    fn rows(
        &self,
        statement: &Statement,
        key: &Value<'static>,
        timeout: Duration,
    ) -> impl Future<Output = Result<Rows, Trouble>> + Send;

    /// What answers there, in words.
    fn found(&self) -> impl Future<Output = Result<String, Trouble>> + Send;

    /// Whether it refused our login.
    fn is_refused(&self) -> bool;
}

/// A database as a source.
#[derive(Debug)]
pub struct Sql<D> {
    database: D,
    at_once: usize,
}

impl<D: Database + 'static> Sql<D> {
    pub fn source(database: D, target: &SqlTarget) -> Arc<dyn Source> {
        Arc::new(Self { database, at_once: usize::try_from(target.at_once).unwrap_or(1) })
    }
}

impl<D: Database> Source for Sql<D> {
    fn ask<'s>(
        &'s self,
        remote: &'s Remote,
        key: &'s Value<'static>,
        _: &'s Caller,
    ) -> BoxFuture<'s, Result<Rows, Trouble>> {
        match &remote.ask {
            Ask::Sql(statement) => Box::pin(self.database.rows(statement, key, remote.timeout)),
            _ => Box::pin(ready(Err(Trouble::new(Fault::Question, "this connection is one for SQL")))),
        }
    }

    fn probe<'s>(&'s self, _: Option<&'s SecretString>) -> BoxFuture<'s, Result<String, Trouble>> {
        Box::pin(self.database.found())
    }

    fn at_once(&self) -> Option<usize> {
        Some(self.at_once)
    }

    fn is_refused(&self) -> bool {
        self.database.is_refused()
    }

    fn can_be_dropped(&self) -> bool {
        false
    }
}

/// A value as it is bound: kinds stay what they are.
#[derive(Clone, Debug, PartialEq)]
pub enum Bound {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
}

/// A query's text with the database's own placeholders, and the values that stand there.
pub fn bound(
    statement: &Statement,
    key: &Value<'static>,
    placeholder: impl Fn(usize) -> String,
) -> Result<(String, Vec<Bound>), Trouble> {
    let (mut text, mut values) = (String::new(), Vec::new());
    for part in &statement.parts {
        match part {
            Part::Text(written) => text.push_str(written),
            part => {
                let missing = || Trouble::new(Fault::Question, "the key lacks a value that the query has");
                values.push(bind(part.value(key.view()).ok_or_else(missing)?)?);
                text.push_str(&placeholder(values.len()));
            }
        }
    }
    Ok((text, values))
}

fn bind(value: View<'_>) -> Result<Bound, Trouble> {
    Ok(match value.shape() {
        Shape::Null => Bound::Null,
        Shape::Bool(value) => Bound::Bool(value),
        Shape::Text(text) if text.contains('\0') => {
            return Err(Trouble::new(Fault::Question, "the key has a character (NUL) that no database takes"));
        }
        Shape::Text(text) => Bound::Text(text.into_owned()),
        Shape::Number(number) => match (number.parse::<i64>(), number.parse::<f64>()) {
            (Ok(integer), _) => Bound::Integer(integer),
            // As text where the digits would not come back.
            (_, Ok(float)) if Value::float(float).view().same(value) && number.len() <= 17 => Bound::Float(float),
            _ => Bound::Text(number.to_owned()),
        },
        Shape::List(_) | Shape::Map(_) | Shape::Secret(_) => {
            let message = format!("the key is {}, and a query takes texts, numbers, true and false", value.kind_name());
            return Err(Trouble::new(Fault::Question, message));
        }
    })
}
