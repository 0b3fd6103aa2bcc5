//! The outbox as tables of SQLite, which an operator can open: `events` knows what came lately, `parcels` what waits.

use rusqlite::{Connection, OptionalExtension as _, Result, Row as Columns, params};

use super::parcel::{Body, Consignment, Parcel};
use super::store::{Change, Claim, Claimed, Count, Fate, Row, Settled, Wanted};

/// Longest error that is kept of an attempt, in bytes.
const ERROR_LIMIT_BYTES: usize = 500;

const WAITING: i64 = 0;
const DEAD: i64 = 1;

const CREATE: &str = "
create table if not exists events (
    id text primary key,
    at_ms integer not null
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
    trace text not null default ''
);
create index if not exists parcels_lane on parcels (destination, state, lane, id);
create index if not exists parcels_due on parcels (destination, state, due_ms, id);
";

const COLUMNS: &str =
    "id, key, hook, person, destination, lane, body, is_sealed, created_ms, attempts, state, due_ms, error, trace";

/// Makes the tables where they are not there yet, and what those of an earlier version lack.
pub(super) fn create(connection: &Connection) -> Result<()> {
    connection.execute_batch(CREATE)?;
    let has_trace = "select count(*) from pragma_table_info('parcels') where name = 'trace'";
    match connection.query_row(has_trace, [], |row| row.get(0))? {
        true => Ok(()),
        false => connection.execute_batch("alter table parcels add column trace text not null default ''"),
    }
}

/// Stores all parcels of an event; `false` where the same event came within its window. A key that is there already is a
/// parcel of the very same event: without a window it may come twice in one millisecond.
pub(super) fn put(connection: &Connection, consignment: &Consignment) -> Result<bool> {
    let Consignment { event, hook, person, at_ms, window_ms, trace, parcels } = consignment;
    let known = "insert into events (id, at_ms) values (?1, ?2)
                 on conflict (id) do update set at_ms = ?2 where at_ms <= ?2 - ?3";
    if connection.prepare_cached(known)?.execute(params![event, at_ms, window_ms])? == 0 {
        return Ok(false);
    }
    let insert =
        "insert into parcels (key, hook, person, destination, lane, body, is_sealed, created_ms, due_ms, trace)
                  values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9) on conflict (key) do nothing";
    let mut insert = connection.prepare_cached(insert)?;
    for (number, parcel) in parcels.iter().enumerate() {
        let Body { bytes, is_sealed } = &parcel.body;
        let key = consignment.key(number);
        insert.execute(params![key, hook, person, parcel.to, parcel.lane, bytes, is_sealed, at_ms, trace])?;
    }
    Ok(true)
}

/// Forgets events whose window is over.
pub(super) fn forget(connection: &Connection, before_ms: i64) -> Result<()> {
    connection.prepare_cached("delete from events where at_ms < ?1")?.execute(params![before_ms]).map(drop)
}

/// Parcels that are looked at in the order in which they are due. Behind one that failed any number may be due: where all
/// that are looked at wait for others, the lanes are walked instead.
const LOOK_LIMIT_PARCELS: i64 = 1_000;

/// The first of each lane that is due and free, leased to one courier.
pub(super) fn claim(connection: &Connection, claim: &Claim) -> Result<Claimed> {
    let Claim { to, worker, now_ms, lease_ms, limit } = claim;
    let limit = i64::try_from(*limit).unwrap_or(i64::MAX);
    let mut found = longest_due(connection, to, *now_ms, limit)?;
    if found.is_empty() && has_many_due(connection, to, *now_ms)? {
        found = of_each_lane(connection, to, *now_ms, limit)?;
    }
    let parcels: Vec<Parcel> = found.into_iter().map(|row| row.parcel).collect();
    let mut lease = connection.prepare_cached("update parcels set leased_ms = ?2, worker = ?3 where id = ?1")?;
    for parcel in &parcels {
        lease.execute(params![parcel.id, now_ms + lease_ms, worker])?;
    }
    let next = "select due_ms from parcels where destination = ?1 and state = 0 order by due_ms limit 1";
    let next_ms = match parcels.len() {
        0 => connection.prepare_cached(next)?.query_row(params![to], |row| row.get(0)).optional()?,
        _ => Some(*now_ms),
    };
    Ok(Claimed { parcels, next_ms })
}

/// The first of each lane among the parcels that have been due longest. It ends as soon as there are enough.
fn longest_due(connection: &Connection, to: &str, now_ms: i64, limit: i64) -> Result<Vec<Row>> {
    let sql = format!(
        "select {COLUMNS} from (
            select id as longest_due from parcels
            where destination = ?1 and state = 0 and due_ms <= ?2 order by due_ms, id limit {LOOK_LIMIT_PARCELS})
         cross join parcels p on p.id = longest_due and leased_ms <= ?2
            and p.id = (select min(id) from parcels q where q.destination = ?1 and q.state = 0 and q.lane = p.lane)
         limit ?3"
    );
    connection.prepare_cached(&sql)?.query_map(params![to, now_ms, limit], row)?.collect()
}

fn has_many_due(connection: &Connection, to: &str, now_ms: i64) -> Result<bool> {
    let sql = format!(
        "select count(*) = {LOOK_LIMIT_PARCELS} from (
            select 1 from parcels where destination = ?1 and state = 0 and due_ms <= ?2 limit {LOOK_LIMIT_PARCELS})"
    );
    connection.prepare_cached(&sql)?.query_row(params![to, now_ms], |row| row.get(0))
}

/// The first of each lane, found by jumping from one lane to the next: however much waits in one, it costs one step.
fn of_each_lane(connection: &Connection, to: &str, now_ms: i64, limit: i64) -> Result<Vec<Row>> {
    let sql = format!(
        "with recursive lanes (name) as (
            select min(lane) from parcels where destination = ?1 and state = 0
            union all
            select (select min(lane) from parcels where destination = ?1 and state = 0 and lane > name)
            from lanes where name is not null)
         select {COLUMNS} from lanes
         cross join parcels p on due_ms <= ?2 and leased_ms <= ?2
            and p.id = (select min(id) from parcels q where q.destination = ?1 and q.state = 0 and q.lane = name)
         order by due_ms, id limit ?3"
    );
    connection.prepare_cached(&sql)?.query_map(params![to, now_ms, limit], row)?.collect()
}

/// What came of a parcel. One whose lease went to another courier is left alone.
pub(super) fn settle(connection: &Connection, settled: &Settled) -> Result<()> {
    let Settled { id, worker, fate } = settled;
    let mine = "where id = ?1 and worker = ?2";
    let run = |sql: &str, values: &[&dyn rusqlite::ToSql]| {
        connection.prepare_cached(&format!("{sql} {mine}"))?.execute(values).map(drop)
    };
    match fate {
        Fate::Done => run("delete from parcels", params![id, worker]),
        Fate::Back => run("update parcels set leased_ms = 0, worker = ''", params![id, worker]),
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

/// Gives up the leases of a courier, or of all.
pub(super) fn release(connection: &Connection, worker: Option<&str>) -> Result<()> {
    let sql = "update parcels set leased_ms = 0, worker = '' where leased_ms > 0 and (?1 is null or worker = ?1)";
    connection.execute(sql, params![worker]).map(drop)
}

/// The condition of what an operator means; every value is a parameter.
const WANTED: &str = "(?1 is null or key = ?1) and (?2 is null or destination = ?2) and (?3 is null or hook = ?3)
    and (?4 is null or person = ?4) and (?5 is null or state = ?5)";

/// Parcels, the oldest first.
pub(super) fn find(connection: &Connection, wanted: &Wanted) -> Result<Vec<Row>> {
    let limit = if wanted.limit == 0 { i64::MAX } else { i64::try_from(wanted.limit).unwrap_or(i64::MAX) };
    let sql = format!("select {COLUMNS} from parcels where {WANTED} order by id limit ?6");
    let mut found = connection.prepare_cached(&sql)?;
    let Wanted { key, to, hook, person, is_dead, .. } = wanted;
    found.query_map(params![key, to, hook, person, is_dead.map(state), limit], row)?.collect()
}

/// Does something to parcels; how many they were.
pub(super) fn change(connection: &Connection, wanted: &Wanted, change: Change, now_ms: i64) -> Result<u64> {
    let Wanted { key, to, hook, person, is_dead, .. } = wanted;
    let state = is_dead.map(state);
    let changed = match change {
        // Leases stay: what is on its way may arrive yet, and freed it would be sent a second time for certain.
        Change::Retry => {
            let sql =
                format!("update parcels set state = 0, attempts = 0, due_ms = ?6, created_ms = ?6 where {WANTED}");
            connection.prepare_cached(&sql)?.execute(params![key, to, hook, person, state, now_ms])?
        }
        Change::Drop => {
            let sql = format!("delete from parcels where {WANTED}");
            connection.prepare_cached(&sql)?.execute(params![key, to, hook, person, state])?
        }
    };
    Ok(changed as u64)
}

fn state(is_dead: bool) -> i64 {
    if is_dead { DEAD } else { WAITING }
}

fn row(columns: &Columns<'_>) -> Result<Row> {
    let parcel = Parcel {
        id: columns.get(0)?,
        key: columns.get(1)?,
        hook: columns.get(2)?,
        person: columns.get(3)?,
        to: columns.get(4)?,
        lane: columns.get(5)?,
        body: Body { bytes: columns.get(6)?, is_sealed: columns.get(7)? },
        created_ms: columns.get(8)?,
        attempts: columns.get(9)?,
        trace: columns.get(13)?,
    };
    let state: i64 = columns.get(10)?;
    Ok(Row { parcel, is_dead: state == DEAD, due_ms: columns.get(11)?, error: columns.get(12)? })
}

fn shortened(text: &str) -> &str {
    text.get(..text.floor_char_boundary(ERROR_LIMIT_BYTES)).unwrap_or(text)
}

/// How much waits. Numbers come from an index; of what waits the thousand that were stored first are looked at for the
/// oldest, since what an operator sends again is as old as that.
pub(super) fn count(connection: &Connection) -> Result<Count> {
    let sql = "select coalesce(sum(state = 0), 0), coalesce(sum(state = 1), 0),
        (select min(created_ms) from (select created_ms from parcels where state = 0 order by id limit 1000))
        from parcels";
    connection.query_row(sql, [], |row| Ok(Count { waiting: row.get(0)?, dead: row.get(1)?, oldest_ms: row.get(2)? }))
}
