//! Finds the rows in an answer of a service, and keeps only those that match the question exactly.

use jiff::Timestamp;

use super::call::wanted;
use crate::event::{Bounds, Calendar, Document, Path, Segment, Shape, Unreadable, Value, View, same_text};
use crate::lookup::source::{Fault, ROW_LIMIT, Rows, Trouble, of_excess};
use crate::outside::relay::Watch;
use crate::rule::{Call, Clock};

/// Deepest nesting of an answer.
const DEPTH_LIMIT: usize = 64;

/// Most members of objects and items of lists in a body, all together: of 10 000 rows forty each.
const MEMBER_LIMIT: usize = 400_000;
/// Most rows of one page, whichever of them are wanted: as many as `size` of `pages` may say.
const PAGE_LIMIT: usize = 10_000;

/// What to do about an answer of too many rows.
const FEWER: &str = "let the service filter (`query`, `body`), or ask page by page (`pages`)";

/// One page of an answer.
#[derive(Debug)]
pub struct Page {
    pub found: Rows,
    /// Whether there may be a next one.
    pub is_full: bool,
}

/// Reads one page; `watch` counts what its rows take.
pub fn read(call: &Call, key: &Value<'static>, body: Vec<u8>, watch: &Watch) -> Result<Page, Trouble> {
    let document = Document::read(body, Bounds { levels: DEPTH_LIMIT, members: MEMBER_LIMIT }).map_err(unreadable)?;
    let rows = rows(call, View::Node(document.root()))?;
    let is_full = call.pages.as_ref().is_some_and(|pages| rows.len() as u64 >= pages.size);
    let mut found = Rows::new();
    for row in rows {
        if is_wanted(call, key, row)? {
            if found.len() >= ROW_LIMIT {
                return Err(too_many(ROW_LIMIT));
            }
            let row = row.to_value().into_static();
            watch.hold(row.held_bytes()).map_err(of_excess)?;
            found.push(row);
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
        Shape::List(list) if list.len() > PAGE_LIMIT => return Err(too_many(PAGE_LIMIT)),
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

fn unreadable(why: Unreadable) -> Trouble {
    if why.is_too_long() {
        let message = format!("the answer has more than {MEMBER_LIMIT} fields and items of lists");
        return Trouble::new(Fault::Answer, message).help(FEWER);
    }
    Trouble::new(Fault::Answer, format!("the answer is not JSON that can be read: {why}"))
}

/// An answer of more rows than one may have.
pub fn too_many(limit: usize) -> Trouble {
    Trouble::new(Fault::Answer, format!("the answer has more than {limit} rows")).help(FEWER)
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
