//! Stores events and their deliveries in the shared outbox: many in one statement, each whole or not at all.

use std::collections::BTreeSet;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use sqlx::postgres::PgConnection;

use crate::outbox::delivery::{NewDeliveries, Passing};

/// Longest name of an ordering key that is stored as it is, in bytes; an entry of an index has room for 2,700.
const KEY_LIMIT_BYTES: usize = 500;

/// What comes to be stored.
#[derive(Clone, Debug)]
pub enum Incoming {
    Sends(NewDeliveries),
    Passes(Passing),
}

impl Incoming {
    fn stream(&self) -> &str {
        match self {
            Self::Sends(new_deliveries) => &new_deliveries.stream,
            Self::Passes(passing) => &passing.stream,
        }
    }
}

/// In one statement, so that an event is known and its deliveries wait, or neither. Events go by their names: two
/// gateways that store the same ones wait for each other in the same order, never in a circle. Deliveries keep the order
/// in which the events came. A mark or key that is there already is of the very same event, from a try whose answer was
/// lost. The row of an event is the last of its stream, by which it is called, and knows sixteen before it with their
/// times: what a gateway that was killed had sent off may come after its caller has told another gateway of it, and of
/// further events, and is no new one then. Those that versions before streams made are called by the event's own
/// fingerprint, and their `event` is empty.
const PUT: &str = "
with fresh as (
    insert into hookgate_events as known (id, outbox, event, mark, at_ms)
    select n.id, $1, n.event, n.mark, n.at_ms
    from unnest($2::text[], $3::text[], $4::text[], $5::bigint[]) as n (id, event, mark, at_ms)
    where exists (select from hookgate_events k where k.id = n.id) or not exists (
        select from hookgate_events k where k.id = n.event and k.event = '' and abs(k.at_ms - n.at_ms) < $6)
    order by n.id
    on conflict (id) do update set event = excluded.event, mark = excluded.mark, at_ms = excluded.at_ms,
        previous = case when known.event = excluded.event then known.previous else array_to_string(
            (string_to_array(concat(known.event, '|', known.at_ms, ' ', known.previous), ' '))[1:16], ' ') end
    where known.mark = excluded.mark or abs(known.at_ms - excluded.at_ms) >= $6
        or known.event <> excluded.event and not exists (
            select from unnest(string_to_array(known.previous, ' ')) before
            where split_part(before, '|', 1) = excluded.event
                and nullif(split_part(before, '|', 2), '')::bigint > excluded.at_ms)
    returning id
), stored as (
    insert into hookgate_parcels
        (key, hook, person, destination, lane, body, is_sealed, created_ms, due_ms, trace, outbox)
    select p.key, p.hook, p.person, p.destination, p.lane, p.body, p.is_sealed, p.at_ms, p.at_ms, p.trace, $1
    from unnest($7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::bytea[], $14::boolean[], $15::bigint[], $16::text[])
        with ordinality as p (stream, key, hook, person, destination, lane, body, is_sealed, at_ms, trace, number)
    join fresh on fresh.id = p.stream order by p.number
    on conflict (key) do nothing
)
select id from fresh";

/// Other events of these streams have come. Rows are taken in the order of their names, as above.
const PASS: &str = "
delete from hookgate_events k using (
    select k.id from hookgate_events k join unnest($1::text[], $2::text[]) as n (id, event)
    on k.id = n.id and k.event <> n.event order by k.id for update of k) gone
where k.id = gone.id";

/// Stores events under the name of an outbox; for each that sends something, `false` where it is a repetition.
pub async fn put(
    connection: &mut PgConnection,
    outbox: Arc<str>,
    events: Arc<Vec<Incoming>>,
) -> sqlx::Result<Vec<bool>> {
    let mut stored = vec![false; events.len()];
    let mut left: Vec<(&Incoming, &mut bool)> = events.iter().zip(&mut stored).collect();
    while !left.is_empty() {
        let (wave, later) = wave(left);
        let (mut sends, mut passes) = (Vec::new(), Vec::new());
        for (incoming, _) in &wave {
            match incoming {
                Incoming::Sends(new_deliveries) => sends.push(new_deliveries),
                Incoming::Passes(passing) => passes.push(passing),
            }
        }
        pass_wave(connection, &passes).await?;
        let fresh = put_wave(connection, &outbox, &sends).await?;
        for (incoming, stored) in wave {
            *stored = fresh.contains(incoming.stream());
        }
        left = later;
    }
    Ok(stored)
}

type Pending<'e> = Vec<(&'e Incoming, &'e mut bool)>;

/// Of each stream one event, all with one window, and the rest: the next of a stream is looked at when the first is stored.
fn wave(events: Pending<'_>) -> (Pending<'_>, Pending<'_>) {
    let window = |incoming: &Incoming| match incoming {
        Incoming::Sends(new_deliveries) => Some(new_deliveries.window_ms),
        Incoming::Passes(_) => None,
    };
    let first = events.iter().find_map(|(incoming, _)| window(incoming));
    let mut seen = BTreeSet::new();
    let mut later_streams = BTreeSet::new();
    events.into_iter().partition(|(incoming, _)| {
        let fits = window(incoming).is_none_or(|window| Some(window) == first);
        let is_next = fits && !later_streams.contains(incoming.stream()) && seen.insert(incoming.stream());
        if !is_next {
            later_streams.insert(incoming.stream());
        }
        is_next
    })
}

async fn pass_wave(connection: &mut PgConnection, events: &[&Passing]) -> sqlx::Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let (streams, events): (Vec<&str>, Vec<&str>) = events.iter().map(|event| (&*event.stream, &*event.event)).unzip();
    sqlx::query(PASS).bind(streams).bind(events).execute(connection).await.map(drop)
}

/// The streams of those that are no repetitions.
async fn put_wave(
    connection: &mut PgConnection,
    outbox: &str,
    events: &[&NewDeliveries],
) -> sqlx::Result<BTreeSet<String>> {
    if events.is_empty() {
        return Ok(BTreeSet::new());
    }
    let window_ms = events.first().map_or(0, |event| event.window_ms);
    let streams: Vec<&str> = events.iter().map(|event| &*event.stream).collect();
    let ids: Vec<&str> = events.iter().map(|event| &*event.event).collect();
    let marks: Vec<String> = events.iter().map(|event| event.mark()).collect();
    let times: Vec<i64> = events.iter().map(|event| event.at_ms).collect();
    let rows = Rows::of(events);
    let query = sqlx::query_scalar::<_, String>(PUT).bind(outbox).bind(streams).bind(ids).bind(marks).bind(times);
    let query =
        query.bind(window_ms).bind(rows.stream).bind(rows.key).bind(rows.hook).bind(rows.person).bind(rows.destination);
    let query = query.bind(rows.ordering_key).bind(rows.body).bind(rows.is_sealed).bind(rows.at_ms).bind(rows.trace);
    Ok(query.fetch_all(connection).await?.into_iter().collect())
}

/// Deliveries, a column each.
#[derive(Default)]
struct Rows<'e> {
    stream: Vec<&'e str>,
    key: Vec<String>,
    hook: Vec<&'e str>,
    person: Vec<String>,
    destination: Vec<&'e str>,
    ordering_key: Vec<String>,
    body: Vec<&'e [u8]>,
    is_sealed: Vec<bool>,
    at_ms: Vec<i64>,
    trace: Vec<&'e str>,
}

impl<'e> Rows<'e> {
    fn of(events: &[&'e NewDeliveries]) -> Self {
        let mut rows = Self::default();
        for event in events {
            for (number, delivery) in event.deliveries.iter().enumerate() {
                rows.stream.push(&event.stream);
                rows.key.push(event.key(number));
                rows.hook.push(&event.hook);
                rows.person.push(storable(&event.person));
                rows.destination.push(&delivery.to);
                rows.ordering_key.push(ordering_key(&delivery.ordering_key));
                rows.body.push(&delivery.body.bytes);
                rows.is_sealed.push(delivery.body.is_sealed);
                rows.at_ms.push(event.at_ms);
                rows.trace.push(&event.trace);
            }
        }
        rows
    }
}

/// The text without the one character that PostgreSQL does not take, NUL.
pub fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// A ordering key's name; what is too long for an index becomes its beginning and its fingerprint.
fn ordering_key(text: &str) -> String {
    if text.len() <= KEY_LIMIT_BYTES {
        return storable(text);
    }
    let beginning = text.get(..text.floor_char_boundary(KEY_LIMIT_BYTES / 2)).unwrap_or_default();
    format!("{}…{:x}", storable(beginning), Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_of_any_length_fits_and_stays_a_lane_of_its_own() {
        let long = |end: &str| format!("{}{end}", "Zoë 李 ".repeat(1_000));
        assert_eq!(ordering_key("asha.rao"), "asha.rao");
        assert!(ordering_key(&long("a")).len() < 2 * KEY_LIMIT_BYTES);
        assert_ne!(ordering_key(&long("a")), ordering_key(&long("b")));
        assert!(!ordering_key("a\0b").contains('\0') && !ordering_key(&long("\0")).contains('\0'));
    }
}
