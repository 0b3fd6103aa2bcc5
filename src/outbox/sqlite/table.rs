//! The tables of the SQLite outbox, readable by an operator: `events` known lately, `parcels` that wait.

use rusqlite::{Connection, OptionalExtension as _, Result, Row as Columns, params};

use crate::outbox::delivery::{Body, NewDeliveries, Passing, StoredDelivery};
use crate::outbox::store::{Change, Claim, Claimed, Count, Fate, Row, Settled, Wanted};

/// Longest error that is kept of an attempt, in bytes.
const ERROR_LIMIT_BYTES: usize = 500;

const WAITING: i64 = 0;
const DEAD: i64 = 1;

/// A row of `events` is the last event of its stream, whose fingerprint is the `id`. Versions before streams made rows whose
/// `id` is the event's own and whose `event` is empty.
const CREATE: &str = "
create table if not exists events (
    id text primary key,
    at_ms integer not null,
    outbox text not null default 'default',
    event text not null default '',
    mark text not null default ''
) without rowid;
create table if not exists parcels (
    id integer primary key,
    key text not null unique,
    hook text not null,
    person text not null,
    destination text not null,
    lane text not null,
    body blob not null,
    is_sealed integer not null,
    created_ms integer not null,
    due_ms integer not null,
    attempts integer not null default 0,
    leased_ms integer not null default 0,
    worker text not null default '',
    state integer not null default 0,
    error text,
    trace text not null default '',
    outbox text not null default 'default',
    tried_ms integer not null default 0
);
";

/// Columns that tables of earlier versions lack, and what is in them there.
const ADDED: [(&str, &str, &str); 6] = [
    ("events", "outbox", "text not null default 'default'"),
    ("events", "event", "text not null default ''"),
    ("events", "mark", "text not null default ''"),
    ("parcels", "trace", "text not null default ''"),
    ("parcels", "outbox", "text not null default 'default'"),
    ("parcels", "tried_ms", "integer not null default 0"),
];

/// The first two are those of versions without names.
const INDEXES: &str = "
drop index if exists parcels_lane;
drop index if exists parcels_due;
create index if not exists parcels_of_lane on parcels (outbox, destination, state, lane, id);
create index if not exists parcels_by_due on parcels (outbox, destination, state, due_ms, id);
";

const COLUMNS: &str = "id, key, hook, person, destination, lane, body, is_sealed, created_ms, attempts, state, due_ms, error, trace, leased_ms";

/// Makes the tables where they are not there yet, and what those of an earlier version lack.
pub fn create(connection: &Connection) -> Result<()> {
    connection.execute_batch(CREATE)?;
    for (table, column, definition) in ADDED {
        let has_column = "select count(*) from pragma_table_info(?1) where name = ?2";
        let is_there: bool = connection.query_row(has_column, params![table, column], |row| row.get(0))?;
        if !is_there {
            connection.execute_batch(&format!("alter table {table} add column {column} {definition}"))?;
        }
    }
    connection.execute_batch(INDEXES)
}

/// Stores all deliveries of an event; `false` where it is a repetition: the same event came within its window, by a clock
/// that may have been set back since, and was the last of its stream. What is stored a second time under one mark is
/// none.
pub fn put(connection: &Connection, outbox: &str, new_deliveries: &NewDeliveries) -> Result<bool> {
    let NewDeliveries { event, stream, hook, person, at_ms, window_ms, trace, deliveries, .. } = new_deliveries;
    let known = "insert into events (id, outbox, event, mark, at_ms)
         select ?1, ?2, ?3, ?4, ?5
         where exists (select 1 from events where id = ?1)
            or not exists (select 1 from events where id = ?3 and event = '' and abs(at_ms - ?5) < ?6)
         on conflict (id) do update set event = ?3, mark = ?4, at_ms = ?5
         where event <> ?3 or mark = ?4 or abs(at_ms - ?5) >= ?6";
    let values = params![stream, outbox, event, new_deliveries.mark(), at_ms, window_ms];
    if connection.prepare_cached(known)?.execute(values)? == 0 {
        return Ok(false);
    }
    let insert = "insert into parcels
            (key, hook, person, destination, lane, body, is_sealed, created_ms, due_ms, trace, outbox)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9, ?10) on conflict (key) do nothing";
    let mut insert = connection.prepare_cached(insert)?;
    for (number, delivery) in deliveries.iter().enumerate() {
        let Body { bytes, is_sealed } = &delivery.body;
        let key = new_deliveries.key(number);
        insert.execute(params![
            key,
            hook,
            person,
            delivery.to,
            delivery.ordering_key,
            bytes,
            is_sealed,
            at_ms,
            trace,
            outbox
        ])?;
    }
    Ok(true)
}

/// Another event of a stream has come: what is known of the stream is no longer its last one.
pub fn pass(connection: &Connection, passing: &Passing) -> Result<()> {
    let Passing { event, stream } = passing;
    let sql = "delete from events where id = ?1 and event <> ?2";
    connection.prepare_cached(sql)?.execute(params![stream, event]).map(drop)
}

/// Forgets events whose window is over.
pub fn forget(connection: &Connection, outbox: &str, before_ms: i64) -> Result<()> {
    let sql = "delete from events where outbox = ?1 and at_ms < ?2";
    connection.prepare_cached(sql)?.execute(params![outbox, before_ms]).map(drop)
}

/// What one courier looks for: the first of each ordering key that is due and free, but for those that it cannot open.
#[derive(Clone, Copy)]
struct Look<'l> {
    outbox: &'l str,
    to: &'l str,
    now_ms: i64,
    limit: i64,
    /// Their numbers, as a list in JSON.
    locked: &'l str,
}

/// Deliveries that are looked at in the order in which they are due. Behind one that failed any number may be due: where all
/// that are looked at wait for others, the ordering keys are walked instead.
const LOOK_LIMIT_ROWS: i64 = 1_000;

/// The first of each ordering key that is due and free, leased to one courier.
pub fn claim(connection: &Connection, outbox: &str, claim: &Claim) -> Result<Claimed> {
    let Claim { to, worker, now_ms, lease_ms, limit, locked } = claim;
    let limit = i64::try_from(*limit).unwrap_or(i64::MAX);
    let locked = format!("{locked:?}");
    let look = Look { outbox, to, now_ms: *now_ms, limit, locked: &locked };
    let mut found = longest_due(connection, look)?;
    if found.is_empty() && has_many_due(connection, look)? {
        found = of_each_ordering_key(connection, look)?;
    }
    let deliveries: Vec<StoredDelivery> = found.into_iter().map(|row| row.delivery).collect();
    let mut lease =
        connection.prepare_cached("update parcels set leased_ms = ?2, worker = ?3, tried_ms = ?4 where id = ?1")?;
    for delivery in &deliveries {
        lease.execute(params![delivery.id, now_ms + lease_ms, worker, now_ms])?;
    }
    let next =
        "select due_ms from parcels where outbox = ?1 and destination = ?2 and state = 0 order by due_ms limit 1";
    let next_ms = match deliveries.len() {
        0 => connection.prepare_cached(next)?.query_row(params![outbox, to], |row| row.get(0)).optional()?,
        _ => Some(*now_ms),
    };
    Ok(Claimed { deliveries, next_ms })
}

/// The first of each ordering key among the deliveries that have been due longest. It ends as soon as there are enough.
fn longest_due(connection: &Connection, look: Look<'_>) -> Result<Vec<Row>> {
    let Look { outbox, to, now_ms, limit, locked } = look;
    let sql = format!(
        "select {COLUMNS} from (
            select id as longest_due from parcels where outbox = ?1 and destination = ?2 and state = 0 and due_ms <= ?3
            order by due_ms, id limit {LOOK_LIMIT_ROWS})
         cross join parcels p on p.id = longest_due and leased_ms <= ?3 and p.id = (
            select min(id) from parcels q
            where q.outbox = ?1 and q.destination = ?2 and q.state = 0 and q.lane = p.lane)
            and p.id not in (select value from json_each(?5))
         limit ?4"
    );
    connection.prepare_cached(&sql)?.query_map(params![outbox, to, now_ms, limit, locked], row)?.collect()
}

fn has_many_due(connection: &Connection, look: Look<'_>) -> Result<bool> {
    let Look { outbox, to, now_ms, .. } = look;
    let sql = format!(
        "select count(*) = {LOOK_LIMIT_ROWS} from (
            select 1 from parcels where outbox = ?1 and destination = ?2 and state = 0 and due_ms <= ?3
            limit {LOOK_LIMIT_ROWS})"
    );
    connection.prepare_cached(&sql)?.query_row(params![outbox, to, now_ms], |row| row.get(0))
}

/// The first of each ordering key, found by jumping from one to the next: however much waits under one, it costs one step.
fn of_each_ordering_key(connection: &Connection, look: Look<'_>) -> Result<Vec<Row>> {
    let Look { outbox, to, now_ms, limit, locked } = look;
    let sql = format!(
        "with recursive lanes (name) as (
            select min(lane) from parcels where outbox = ?1 and destination = ?2 and state = 0
            union all
            select (select min(lane) from parcels where outbox = ?1 and destination = ?2 and state = 0 and lane > name)
            from lanes where name is not null)
         select {COLUMNS} from lanes
         cross join parcels p on due_ms <= ?3 and leased_ms <= ?3 and p.id = (
            select min(id) from parcels q
            where q.outbox = ?1 and q.destination = ?2 and q.state = 0 and q.lane = name)
            and p.id not in (select value from json_each(?5))
         order by due_ms, id limit ?4"
    );
    connection.prepare_cached(&sql)?.query_map(params![outbox, to, now_ms, limit, locked], row)?.collect()
}

/// What came of a delivery. One whose lease went to another courier is left alone.
pub fn settle(connection: &Connection, settled: &Settled) -> Result<()> {
    let Settled { id, worker, fate } = settled;
    let mine = "where id = ?1 and worker = ?2";
    let run = |sql: &str, values: &[&dyn rusqlite::ToSql]| {
        connection.prepare_cached(&format!("{sql} {mine}"))?.execute(values).map(drop)
    };
    match fate {
        Fate::Done => run("delete from parcels", params![id, worker]),
        Fate::Back => run("update parcels set leased_ms = 0, worker = ''", params![id, worker]),
        Fate::Locked { at_ms, why } => run(
            "update parcels set leased_ms = 0, worker = '', due_ms = coalesce(?3, due_ms), error = ?4",
            params![id, worker, at_ms, shortened(why)],
        ),
        Fate::Again { at_ms, why } => run(
            "update parcels set leased_ms = 0, worker = '', attempts = attempts + 1, due_ms = ?3, error = ?4",
            params![id, worker, at_ms, shortened(why)],
        ),
        Fate::Dead { why } => run(
            "update parcels set leased_ms = 0, worker = '', attempts = attempts + 1, state = 1, error = ?3",
            params![id, worker, shortened(why)],
        ),
    }
}

/// Brings to now what a clock has put off that was set back since.
pub fn straighten(connection: &Connection, outbox: &str, now_ms: i64, slack_ms: i64) -> Result<u64> {
    let sql = "update parcels set
            due_ms = ?2 + max(due_ms - max(tried_ms, created_ms), 0),
            leased_ms = iif(leased_ms > 0, ?2 + max(leased_ms - max(tried_ms, created_ms), 0), 0),
            tried_ms = min(tried_ms, ?2),
            created_ms = min(created_ms, ?2)
        where outbox = ?1 and state = 0 and max(tried_ms, created_ms) > ?2 + ?3";
    connection.execute(sql, params![outbox, now_ms, slack_ms]).map(|changed| changed as u64)
}

/// Gives up the leases of a courier, or of all.
pub fn release(connection: &Connection, outbox: &str, worker: Option<&str>) -> Result<()> {
    let sql = "update parcels set leased_ms = 0, worker = ''
               where outbox = ?1 and leased_ms > 0 and (?2 is null or worker = ?2)";
    connection.execute(sql, params![outbox, worker]).map(drop)
}

/// The condition of what an operator means; every value is a parameter.
const WANTED: &str = "outbox = ?1 and (?2 is null or key = ?2) and (?3 is null or destination = ?3)
    and (?4 is null or hook = ?4) and (?5 is null or person = ?5) and (?6 is null or state = ?6)";

/// Deliveries, the oldest first.
pub fn find(connection: &Connection, outbox: &str, wanted: &Wanted) -> Result<Vec<Row>> {
    let limit = if wanted.limit == 0 { i64::MAX } else { i64::try_from(wanted.limit).unwrap_or(i64::MAX) };
    let sql = format!("select {COLUMNS} from parcels where {WANTED} order by id limit ?7");
    let mut found = connection.prepare_cached(&sql)?;
    let Wanted { key, to, hook, person, is_dead, .. } = wanted;
    found.query_map(params![outbox, key, to, hook, person, is_dead.map(state), limit], row)?.collect()
}

/// Does something to deliveries; how many they were.
pub fn change(connection: &Connection, outbox: &str, wanted: &Wanted, change: Change, now_ms: i64) -> Result<u64> {
    let Wanted { key, to, hook, person, is_dead, .. } = wanted;
    let state = is_dead.map(state);
    let changed = match change {
        // Leases stay: what is on its way may arrive yet, and freed it would be sent a second time for certain.
        Change::Retry => {
            let sql =
                format!("update parcels set state = 0, attempts = 0, due_ms = ?7, created_ms = ?7 where {WANTED}");
            connection.prepare_cached(&sql)?.execute(params![outbox, key, to, hook, person, state, now_ms])?
        }
        Change::Drop => {
            let sql = format!("delete from parcels where {WANTED}");
            connection.prepare_cached(&sql)?.execute(params![outbox, key, to, hook, person, state])?
        }
    };
    Ok(changed as u64)
}

fn state(is_dead: bool) -> i64 {
    if is_dead { DEAD } else { WAITING }
}

fn row(columns: &Columns<'_>) -> Result<Row> {
    let delivery = StoredDelivery {
        id: columns.get(0)?,
        key: columns.get(1)?,
        hook: columns.get(2)?,
        person: columns.get(3)?,
        to: columns.get(4)?,
        ordering_key: columns.get(5)?,
        body: Body { bytes: columns.get(6)?, is_sealed: columns.get(7)? },
        created_ms: columns.get(8)?,
        attempts: columns.get(9)?,
        trace: columns.get(13)?,
    };
    let state: i64 = columns.get(10)?;
    let (due_ms, leased_ms) = (columns.get(11)?, columns.get(14)?);
    Ok(Row { delivery, is_dead: state == DEAD, due_ms, leased_ms, error: columns.get(12)? })
}

fn shortened(text: &str) -> &str {
    text.get(..text.floor_char_boundary(ERROR_LIMIT_BYTES)).unwrap_or(text)
}

/// How much waits. Numbers come from an index; of what waits the thousand that were stored first are looked at for the
/// oldest, since what an operator sends again is as old as that.
pub fn count(connection: &Connection, outbox: &str) -> Result<Count> {
    let sql = "select coalesce(sum(state = 0), 0), coalesce(sum(state = 1), 0),
        (select min(created_ms) from
            (select created_ms from parcels where outbox = ?1 and state = 0 order by id limit 1000))
        from parcels where outbox = ?1";
    connection
        .query_row(sql, [outbox], |row| Ok(Count { waiting: row.get(0)?, dead: row.get(1)?, oldest_ms: row.get(2)? }))
}

/// Names of other outboxes, each with how much waits under it.
pub fn elsewhere(connection: &Connection, outbox: &str) -> Result<Vec<(String, i64)>> {
    let sql = "select outbox, count(*) from parcels where outbox <> ?1 and state = 0 group by outbox";
    connection.prepare(sql)?.query_map([outbox], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}
