//! Finds a recorded request by its id.

use crate::config::Settings;
use crate::journal::{Archive, Found, Query, Record};

/// The newest record of this id.
///
/// # Errors
/// In words, when there is none, or it cannot be opened.
pub(super) fn record(settings: &Settings, id: &str) -> Result<Record, String> {
    let Some(file) = &settings.journal.file else {
        return Err("nothing is recorded: `journal.file` of gateway.yaml is null".to_owned());
    };
    let archive =
        Archive::of(file, &settings.journal.keys).map_err(|error| format!("the journal cannot be read: {error}"))?;
    let query = Query { id: Some(id.to_owned()), ..Query::default() };
    let found = archive.places(&query).map_err(|error| format!("the journal cannot be read: {error}"))?;
    let opened = found.lines.iter().rev().map(|place| archive.open(place));
    let mut why = format!("no request with the id `{id}` is recorded");
    for found in opened {
        match found {
            Found::Line { record: Ok(record), .. } if record.id == id => return Ok(*record),
            Found::Line { record: Err(closed), .. } => why = format!("the record of `{id}` cannot be opened: {closed}"),
            Found::Line { .. } | Found::Old(_) | Found::Unread { .. } => {}
        }
    }
    Err(why)
}
