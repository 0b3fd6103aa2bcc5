//! Events and their parcels into the shared outbox: many at once in one statement, each whole or not at all.

use std::collections::BTreeSet;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use sqlx::postgres::PgConnection;

use super::parcel::Consignment;

/// Longest name of a lane that is stored as it is, in bytes; an entry of an index has room for 2,700.
const LANE_LIMIT_BYTES: usize = 500;

/// In one statement, so that an event is known and its parcels wait, or neither. Events go by their names: two gateways
/// that store the same ones wait for each other in the same order, never in a circle. Parcels keep the order in which the
/// events came. A key that is there already is a parcel of the very same event, from a try whose answer was lost.
const PUT: &str = "
with fresh as (
    insert into hookgate_events as known (id, at_ms)
    select id, at_ms from unnest($1::text[], $2::bigint[]) as n (id, at_ms) order by id
    on conflict (id) do update set at_ms = excluded.at_ms where known.at_ms <= excluded.at_ms - $3
    returning id
), stored as (
    insert into hookgate_parcels (key, hook, person, destination, lane, body, is_sealed, created_ms, due_ms, trace)
    select p.key, p.hook, p.person, p.destination, p.lane, p.body, p.is_sealed, p.at_ms, p.at_ms, p.trace
    from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bytea[], $11::boolean[], $12::bigint[], $13::text[])
        with ordinality as p (event, key, hook, person, destination, lane, body, is_sealed, at_ms, trace, number)
    join fresh on fresh.id = p.event order by p.number
    on conflict (key) do nothing
)
select id from fresh";

/// Stores events; for each, `false` where the same came within its window.
pub(super) async fn put(connection: &mut PgConnection, events: Arc<Vec<Consignment>>) -> sqlx::Result<Vec<bool>> {
    let mut stored = vec![false; events.len()];
    let mut left: Vec<(&Consignment, &mut bool)> = events.iter().zip(&mut stored).collect();
    while !left.is_empty() {
        let (wave, later) = wave(left);
        let fresh = put_wave(connection, wave.iter().map(|(event, _)| *event).collect()).await?;
        for (event, stored) in wave {
            *stored = fresh.contains(&event.event);
        }
        left = later;
    }
    Ok(stored)
}

type Pending<'e> = Vec<(&'e Consignment, &'e mut bool)>;

/// Each event once, all with one window, and the rest: the same event again is looked at when the first is stored.
fn wave(events: Pending<'_>) -> (Pending<'_>, Pending<'_>) {
    let window_ms = events.first().map(|(event, _)| event.window_ms);
    let mut seen = BTreeSet::new();
    events.into_iter().partition(|(event, _)| Some(event.window_ms) == window_ms && seen.insert(&event.event))
}

/// The names of those that were not known.
async fn put_wave(connection: &mut PgConnection, events: Vec<&Consignment>) -> sqlx::Result<BTreeSet<String>> {
    let window_ms = events.first().map_or(0, |event| event.window_ms);
    let ids: Vec<&str> = events.iter().map(|event| &*event.event).collect();
    let times: Vec<i64> = events.iter().map(|event| event.at_ms).collect();
    let rows = Rows::of(&events);
    let query = sqlx::query_scalar::<_, String>(PUT).bind(ids).bind(times).bind(window_ms);
    let query = query.bind(rows.event).bind(rows.key).bind(rows.hook).bind(rows.person).bind(rows.destination);
    let query = query.bind(rows.lane).bind(rows.body).bind(rows.is_sealed).bind(rows.at_ms).bind(rows.trace);
    Ok(query.fetch_all(connection).await?.into_iter().collect())
}

/// Parcels, a column each.
#[derive(Default)]
struct Rows<'e> {
    event: Vec<&'e str>,
    key: Vec<String>,
    hook: Vec<&'e str>,
    person: Vec<String>,
    destination: Vec<&'e str>,
    lane: Vec<String>,
    body: Vec<&'e [u8]>,
    is_sealed: Vec<bool>,
    at_ms: Vec<i64>,
    trace: Vec<&'e str>,
}

impl<'e> Rows<'e> {
    fn of(events: &[&'e Consignment]) -> Self {
        let mut rows = Self::default();
        for event in events {
            for (number, parcel) in event.parcels.iter().enumerate() {
                rows.event.push(&event.event);
                rows.key.push(event.key(number));
                rows.hook.push(&event.hook);
                rows.person.push(storable(&event.person));
                rows.destination.push(&parcel.to);
                rows.lane.push(lane(&parcel.lane));
                rows.body.push(&parcel.body.bytes);
                rows.is_sealed.push(parcel.body.is_sealed);
                rows.at_ms.push(event.at_ms);
                rows.trace.push(&event.trace);
            }
        }
        rows
    }
}

/// The text without the one character that PostgreSQL does not take, NUL.
pub(super) fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// A lane's name; what is too long for an index becomes its beginning and its fingerprint.
fn lane(text: &str) -> String {
    if text.len() <= LANE_LIMIT_BYTES {
        return storable(text);
    }
    let beginning = text.get(..text.floor_char_boundary(LANE_LIMIT_BYTES / 2)).unwrap_or_default();
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().fold(storable(beginning) + "…", |lane, byte| format!("{lane}{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_of_any_length_fits_and_stays_a_lane_of_its_own() {
        let long = |end: &str| format!("{}{end}", "Zoë 李 ".repeat(1_000));
        assert_eq!(lane("asha.rao"), "asha.rao");
        assert!(lane(&long("a")).len() < 2 * LANE_LIMIT_BYTES);
        assert_ne!(lane(&long("a")), lane(&long("b")));
        assert!(!lane("a\0b").contains('\0') && !lane(&long("\0")).contains('\0'));
    }
}
