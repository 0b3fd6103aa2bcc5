//! Reads people from a JSON file: an object a line, or one list of objects. Values stay as written.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::super::exit::Failure;
use super::export::{Cell, Content, Export, Row};
use super::note::Note;
use crate::diagnostic::{File, Place};

/// The fields of an object, in their order, also those that appear twice.
struct Fields<'j>(Vec<(String, &'j RawValue)>);

impl<'de: 'j, 'j> Deserialize<'de> for Fields<'j> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Visit;
        impl<'de> Visitor<'de> for Visit {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        from.deserialize_map(Visit)
    }
}

/// Reads the objects.
///
/// # Errors
/// When the file is not text, or begins a list that is none.
pub(super) fn read(file: &Arc<File>) -> Result<Export, Failure> {
    if !file.bytes.is_empty() {
        let message = format!("`{}` is not text in UTF-8", file.name);
        return Err(Failure::message(message).help("save it as UTF-8"));
    }
    let mut export = Export { name: file.name.clone(), ..Export::default() };
    let mut known = HashMap::new();
    for (line, text) in pieces(file)? {
        match content(text, &mut export.columns, &mut known) {
            Ok(content) => export.rows.push(Row { line, content }),
            Err(why) => {
                let note = Note::lost(export.at(line), why);
                export.notes.push(note.help("a person is one object, on a line of its own or in one list"));
            }
        }
    }
    Ok(export)
}

/// The objects, as far as they are some, each with the line it begins on.
fn pieces(file: &Arc<File>) -> Result<Vec<(usize, &str)>, Failure> {
    let text = &*file.text;
    if !text.trim_start().starts_with('[') {
        let lines = text.lines().enumerate().map(|(n, line)| (n + 1, line.trim()));
        return Ok(lines.filter(|(_, line)| !line.is_empty()).collect());
    }
    let items: Vec<&RawValue> = serde_json::from_str(text).map_err(|error| {
        let message = format!("begins a list that is none: what stands in column {} is not JSON there", error.column());
        Note::lost(format!("{}:{}", file.name, error.line()), message).failure()
    })?;
    let line = |item: &str| {
        let at = item.as_ptr().addr().saturating_sub(text.as_ptr().addr());
        Place { file: Arc::clone(file), span: at..at }.line()
    };
    Ok(items.into_iter().map(|item| (line(item.get()), item.get())).collect())
}

/// What an object holds: a request as the platform sends it, or a value for each column.
fn content(text: &str, columns: &mut Vec<String>, known: &mut HashMap<String, usize>) -> Result<Content, String> {
    let Fields(fields) = serde_json::from_str(text).map_err(|error| match serde_json::from_str::<&RawValue>(text) {
        Ok(_) => "this is not an object".to_owned(),
        Err(_) => format!("this is not JSON from column {} on", error.column()),
    })?;
    let is_request = |(name, value): &(String, &RawValue)| {
        matches!(name.as_str(), "request" | "user") && value.get().starts_with('{')
    };
    if fields.iter().any(is_request) {
        return Ok(Content::Request(text.to_owned()));
    }
    let mut cells: Vec<Option<Cell>> = Vec::new();
    for (name, value) in fields {
        let column = *known.entry(name).or_insert_with_key(|name| {
            columns.push(name.clone());
            columns.len() - 1
        });
        if cells.len() <= column {
            cells.resize(column + 1, None);
        }
        let Some(cell) = cells.get_mut(column) else { continue };
        if cell.is_some() {
            let name = columns.get(column).map_or("", String::as_str);
            return Err(format!("`{name}` appears twice in this object"));
        }
        *cell = Some(Cell::Json(value.get().to_owned()));
    }
    Ok(Content::Cells(cells))
}
