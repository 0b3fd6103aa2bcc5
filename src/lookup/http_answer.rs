//! The rows in an answer of a service: found where the lookup says, and only those that are exactly what was asked for.

use jiff::Timestamp;

use super::http_call::wanted;
use super::source::{Fault, Rows, Trouble};
use crate::event::{Calendar, Document, Path, Segment, Shape, Value, View, same_text};
use crate::rule::{Call, Clock};

/// Deepest nesting of an answer.
const DEPTH_LIMIT: usize = 64;

/// One page of an answer.
#[derive(Debug)]
pub(super) struct Page {
    pub found: Rows,
    /// Whether there may be a next one.
    pub is_full: bool,
}

/// Reads one page.
pub(super) fn read(call: &Call, key: &Value<'static>, body: Vec<u8>) -> Result<Page, Trouble> {
    let document = Document::read(body, DEPTH_LIMIT)
        .map_err(|why| Trouble::new(Fault::Answer, format!("the answer is no JSON that can be read: {why}")))?;
    let rows = rows(call, View::Node(document.root()))?;
    let is_full = call.pages.as_ref().is_some_and(|pages| rows.len() as u64 >= pages.size);
    let mut found = Rows::new();
    for row in rows {
        if is_wanted(call, key, row)? {
            found.push(row.to_value().into_static());
        }
    }
    Ok(Page { found, is_full })
}

/// The objects at the first place that is there. Nothing there is no answer: a service that says something else must
/// never look like one that knows nobody.
fn rows<'a>(call: &Call, answer: View<'a>) -> Result<Vec<View<'a>>, Trouble> {
    let whole: &[Vec<Segment>] = &[Vec::new()];
    let places = if call.rows.is_empty() { whole } else { &call.rows };
    let there = places.iter().find_map(|place| answer.walk(place).filter(|rows| !rows.is_null()));
    let Some(rows) = there else {
        let names: Vec<String> = places.iter().map(|place| shown(place)).collect();
        return Err(Trouble::new(Fault::Answer, format!("the answer has nothing at {}", names.join(" or "))));
    };
    let rows: Vec<View<'a>> = match rows.shape() {
        Shape::Map(_) => vec![rows],
        Shape::List(list) => list.iter().collect(),
        _ => return Err(Trouble::new(Fault::Answer, format!("the answer has {} in place of rows", rows.kind_name()))),
    };
    match rows.iter().find(|row| !matches!(row.shape(), Shape::Map(_))) {
        Some(other) => {
            Err(Trouble::new(Fault::Answer, format!("the answer has {} in place of a row", other.kind_name())))
        }
        None => Ok(rows),
    }
}

fn shown(place: &[Segment]) -> String {
    let names = place.iter().map(|segment| match segment {
        Segment::Key(key) => key.to_string(),
        Segment::Index(index) => index.to_string(),
    });
    format!("`{}`", names.collect::<Vec<_>>().join("."))
}

/// Whether a row is what was asked for: whatever the service matched, here every letter counts.
fn is_wanted(call: &Call, key: &Value<'static>, row: View<'_>) -> Result<bool, Trouble> {
    // What a row is does not depend on the time.
    let clock = Clock { now: Timestamp::UNIX_EPOCH, calendar: Calendar::utc() };
    let read = |path: &Path| {
        let first = Segment::Key(path.root.name().into());
        let value = row.step(&first)?.walk(&path.segments)?;
        (!value.is_null()).then(|| value.to_value())
    };
    for (field, filling) in &call.matching {
        let value = field.evaluate(&read, &clock).map_err(|why| Trouble::new(Fault::Answer, why))?;
        if matches!(value, Value::Null) || !same_text(&value.view().as_text(), &wanted(filling, key)) {
            return Ok(false);
        }
    }
    Ok(true)
}
