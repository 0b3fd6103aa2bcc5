//! A lookup by its name: a table beside the rules, or a question to a connection.

use std::sync::Arc;

use super::key::{Asked, KeyPart};
use super::remote::{OnError, Remote};
use super::size::TableSize;
use super::validity::Validity;
use crate::diagnostic::{File, Place};
use crate::event::Value;
use crate::rule::sheet::Form;
use crate::rule::source::Role;

/// A declared lookup.
#[derive(Clone, Debug)]
pub struct Lookup {
    pub name: String,
    pub source: Source,
    /// The declaration's name in the file.
    pub place: Place,
    /// Columns that rules read of its rows, each with the first place that does.
    pub columns_read: Vec<(String, Place)>,
    /// What rules ask a table with, as far as it can be told what that never is.
    pub asked: Vec<Asked>,
}

/// Where its rows come from.
#[derive(Clone, Debug)]
pub enum Source {
    Table(TableSource),
    Remote(Box<Remote>),
}

/// A table beside the rules, whose rows are found by some of its columns.
#[derive(Clone, Debug)]
pub struct TableSource {
    /// The table's file; `None` for one that is not there.
    pub file: Option<(Role, Arc<File>)>,
    /// Where the file is named.
    pub file_place: Place,
    pub form: Form,
    /// By what rows are found, all of it together.
    pub key: Vec<KeyPart>,
    pub ignore_case: bool,
    /// When its rows are valid; left out: at all times.
    pub valid: Option<Box<Validity>>,
    /// How many rows it has.
    pub size: TableSize,
}

impl Lookup {
    /// Whether it is asked over a connection.
    #[must_use]
    pub fn is_remote(&self) -> bool {
        self.remote().is_some()
    }

    /// The file of a table; `None` where it is not there, and for a lookup over a connection.
    #[must_use]
    pub fn table_file(&self) -> Option<&Arc<File>> {
        match &self.source {
            Source::Table(source) => source.file.as_ref().map(|(_, file)| file),
            Source::Remote(_) => None,
        }
    }

    /// When the rows of a table are valid, where it says so.
    #[must_use]
    pub fn validity(&self) -> Option<&Validity> {
        match &self.source {
            Source::Table(source) => source.valid.as_deref(),
            Source::Remote(_) => None,
        }
    }

    /// The names of the values a key must have; empty where it is one value.
    #[must_use]
    pub fn parameters(&self) -> Vec<&str> {
        match &self.source {
            Source::Table(TableSource { key, .. }) if key.len() > 1 => key.iter().map(|part| &*part.name).collect(),
            Source::Table(_) => Vec::new(),
            Source::Remote(remote) => remote.parameters.iter().map(String::as_str).collect(),
        }
    }

    /// What is asked over a connection; `None` for a table.
    #[must_use]
    pub fn remote(&self) -> Option<&Remote> {
        match &self.source {
            Source::Table(_) => None,
            Source::Remote(remote) => Some(remote),
        }
    }

    /// The rows that stand in where the source cannot be asked; `None` where the rule fails then.
    #[must_use]
    pub fn stand_in(&self) -> Option<&[Value<'static>]> {
        match &self.remote()?.on_error {
            OnError::Absent => Some(&[]),
            OnError::Use(rows) => Some(rows),
            OnError::Fail | OnError::Stale(_) => None,
        }
    }
}
