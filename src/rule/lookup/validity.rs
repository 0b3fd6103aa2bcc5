//! When the rows of a table are valid: the columns that say from which day, and to which.

use std::fmt;

use jiff::civil::Date;

use crate::diagnostic::Place;
use crate::event::date::{self, Unreadable};
use crate::event::{Calendar, DateStyle, View};
use crate::yaml::keys::{Keys, Shape, optional};

/// The columns of a table that say when a row is valid.
#[derive(Clone, Debug)]
pub struct Validity {
    /// The first day; left out: from the beginning of time.
    pub from: Option<String>,
    /// The last day, which counts; left out: to the end of time.
    pub to: Option<String>,
    pub place: Place,
    /// How dates are written in the table.
    pub style: DateStyle,
}

/// The days on which a row is valid, both of them among these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    pub from: Date,
    pub to: Date,
}

/// A cell that should say a day and cannot be read.
#[derive(Clone, Debug)]
pub struct NoDay {
    pub column: String,
    pub why: Unreadable,
}

impl fmt::Display for NoDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a date that can be read: it is {}", self.column, self.why)
    }
}

impl Validity {
    /// The columns it reads.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        [&self.from, &self.to].into_iter().flatten().map(String::as_str)
    }

    /// The days of a row; a blank cell is open.
    ///
    /// # Errors
    /// When a cell says something that is no date.
    pub fn days(&self, row: View<'_>, calendar: &Calendar) -> Result<Days, NoDay> {
        let day = |column: &Option<String>, open: Date| {
            let Some(column) = column else { return Ok(open) };
            let Some(cell) = row.field(column) else { return Ok(open) };
            let moment = date::read(cell, calendar);
            let moment = moment.map_err(|why| NoDay { column: column.clone(), why })?;
            Ok(moment.map_or(open, |moment| moment.date(calendar)))
        };
        Ok(Days { from: day(&self.from, Date::MIN)?, to: day(&self.to, Date::MAX)? })
    }
}

impl Days {
    /// Whether it is valid on this day.
    #[must_use]
    pub fn contain(self, day: Date) -> bool {
        self.from <= day && day <= self.to
    }
}

/// `valid`.
pub static VALIDITY: Keys = Keys {
    what: "`valid`",
    keys: &[
        optional("from", Shape::Text, "the column with the first day on which a row is valid; a blank cell: always"),
        optional("to", Shape::Text, "the column with the last day, which counts; a blank cell: without end"),
    ],
};
