//! The rows of a table by their keys.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::{self, TimeZone};

use super::key_form::key_form;
use super::table::Table;
use crate::event::{Calendar, DateOrder, DateStyle, Shape, Value, View, WorkingDays};
use crate::rule::sheet::Doubtful;
use crate::rule::{Clock, KeyPart};

/// Rows by their key.
#[derive(Debug, Default)]
pub struct Index {
    /// Whether keys are found in any case.
    ignore_case: bool,
    /// Of a key of several values, the name of each; of a key of one, nothing.
    parts: Vec<String>,
    rows: HashMap<String, Vec<Value<'static>>>,
    /// The numbers of the rows under each key, until they are filled in.
    numbers: HashMap<String, Vec<usize>>,
}

/// What making an index found out about the table.
#[derive(Debug, Default)]
pub struct Noted {
    /// For each part of the key, rows whose cells say something and give no key.
    pub without_key: Vec<Vec<Doubtful>>,
    /// For each part of the key, its text in a row.
    pub texts: Vec<Vec<(usize, String)>>,
    /// The first part of the key whose value depends on when or where it is computed, or on how dates are meant.
    pub unsteady: Option<usize>,
}

/// A clock for what does not depend on one.
pub fn no_clock() -> Clock {
    Clock { now: Timestamp::UNIX_EPOCH, calendar: Calendar::utc() }
}

/// Another one, as different from it as clocks are.
fn other_clock() -> Clock {
    let style = DateStyle { order: DateOrder::MonthFirst, two_digit_years: Some(1950) };
    let free: Vec<_> = WorkingDays::WEEK.iter().take(6).map(|(_, day)| *day).collect();
    let working = WorkingDays::new(&free, &[]).unwrap_or_else(WorkingDays::standard);
    Clock { now: Timestamp::MAX, calendar: Calendar { zone: TimeZone::fixed(tz::offset(14)), style, working } }
}

impl Index {
    /// The rows of a table by a key of these parts.
    pub fn of(table: &Table, key: &[KeyPart], ignore_case: bool) -> (Self, Noted) {
        let parts = if key.len() > 1 { key.iter().map(|part| part.name.clone()).collect() } else { Vec::new() };
        let mut index = Self { ignore_case, parts, rows: HashMap::new(), numbers: HashMap::new() };
        let mut noted =
            Noted { without_key: vec![Vec::new(); key.len()], texts: vec![Vec::new(); key.len()], unsteady: None };
        let (clock, other) = (no_clock(), other_clock());
        for (number, row) in table.rows.iter().enumerate() {
            let mut found = Vec::with_capacity(key.len());
            for (place, part) in key.iter().enumerate() {
                let text = |clock| part.value(row.view(), clock).map(|value| value.view().as_text().trim().to_owned());
                let value = text(&clock);
                if part.computed.is_some() && noted.unsteady.is_none() && value != text(&other) {
                    noted.unsteady = Some(place);
                }
                // A blank key is no key: it would be found by everybody whose value is blank.
                match value {
                    Some(value) => found.push(value),
                    None => noted.without_key(table, number, place, part),
                }
            }
            if found.len() == key.len() {
                for (texts, text) in noted.texts.iter_mut().zip(&found) {
                    texts.push((number, text.clone()));
                }
                index.put(&found, number);
            }
        }
        (index, noted)
    }

    /// Fills in the rows of the table; the last lookup of a table takes them out of it.
    pub fn fill(&mut self, rows: &mut [Value<'static>], is_last: bool) {
        let numbers = std::mem::take(&mut self.numbers);
        self.rows = HashMap::with_capacity(numbers.len());
        for (key, numbers) in numbers {
            let row = |number: usize| {
                let row = rows.get_mut(number)?;
                Some(if is_last { std::mem::replace(row, Value::Null) } else { row.clone() })
            };
            self.rows.insert(key, numbers.into_iter().filter_map(row).collect());
        }
    }

    /// The numbers of the rows under each key, as long as none is filled in.
    pub fn numbered(&self) -> impl Iterator<Item = &[usize]> {
        self.numbers.values().map(Vec::as_slice)
    }

    fn put(&mut self, key: &[String], row: usize) {
        let texts: Vec<String> = key.iter().map(|text| self.normal(text)).collect();
        self.numbers.entry(joined(&texts)).or_default().push(row);
    }

    /// The text as keys are compared.
    pub fn normal(&self, text: &str) -> String {
        key_form(text, self.ignore_case).into_owned()
    }

    /// The rows under a key.
    ///
    /// # Errors
    /// When the index asks with several values and the key is one.
    pub fn rows(&self, key: View<'_>) -> Result<&[Value<'static>], String> {
        let found = match self.parts.is_empty() {
            false => self.joined_key(key)?.and_then(|key| self.rows.get(&key)),
            true => self.rows.get(&*key_form(&key.as_text(), self.ignore_case)),
        };
        Ok(found.map_or(&[], Vec::as_slice))
    }

    /// A key of several values as one text; `None` where one of them is blank, which finds nothing.
    fn joined_key(&self, key: View<'_>) -> Result<Option<String>, String> {
        if !matches!(key.shape(), Shape::Map(_)) {
            return Err(format!("it is asked with one value, and needs {}", self.parts.join(", ")));
        }
        let values = self.parts.iter().map(|part| key.field(part).filter(|value| !value.is_empty()));
        let texts = values.map(|value| value.map(|value| self.normal(&value.as_text())));
        Ok(texts.collect::<Option<Vec<String>>>().map(|texts| joined(&texts)))
    }
}

impl Noted {
    /// A row is worth a word where its cells say something.
    fn without_key(&mut self, table: &Table, row: usize, place: usize, part: &KeyPart) {
        let Some(value) = table.rows.get(row) else { return };
        let says_something = |column: &&&str| value.view().field(column).is_some_and(|cell| !cell.is_empty());
        if let (Some(column), Some(rows)) =
            (part.columns().iter().find(says_something), self.without_key.get_mut(place))
        {
            rows.push(table.doubtful(row, column, "of this no key can be made"));
        }
    }
}

/// Several texts as one that no others make.
fn joined(texts: &[String]) -> String {
    match texts {
        [only] => only.clone(),
        several => several.iter().fold(String::new(), |all, text| all + &text.len().to_string() + ":" + text),
    }
}
