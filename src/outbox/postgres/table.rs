//! The tables of the shared outbox in PostgreSQL: `hookgate_events` and `hookgate_parcels`, as in SQLite.

use std::sync::Arc;

use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, Postgres, Row as _};

use super::put::storable;
use crate::outbox::delivery::{Body, StoredDelivery};
use crate::outbox::store::{Change, Count, Fate, Row, Settled, Wanted};

/// Longest error that is kept of an attempt, in bytes.
const ERROR_LIMIT_BYTES: usize = 500;
/// Most events that one statement forgets.
const FORGET_LIMIT_EVENTS: u64 = 20_000;
/// What hookgate's locks of a whole database are numbered under: `hook` in ASCII.
const LOCKS: i32 = 0x686f_6f6b;

const WAITING: i64 = 0;
const DEAD: i64 = 1;

/// Rows come and go, so that the table is swept more often than others; room is left in its pages for what changes.
/// Ordering keys are in the order of their bytes, the same wherever the server stands.
const CREATE: &str = r#"
create table if not exists hookgate_events (
    id text primary key,
    at_ms bigint not null,
    outbox text not null default 'default',
    event text not null default '',
    mark text not null default '',
    previous text not null default ''
);
create index if not exists hookgate_events_at on hookgate_events (at_ms);
create table if not exists hookgate_parcels (
    id bigint generated always as identity primary key,
    key text not null unique,
    hook text not null,
    person text not null,
    destination text not null,
    lane text collate "C" not null,
    body bytea not null,
    is_sealed boolean not null,
    created_ms bigint not null,
    due_ms bigint not null,
    attempts bigint not null default 0,
    leased_ms bigint not null default 0,
    worker text not null default '',
    state bigint not null default 0,
    error text,
    trace text not null default '',
    outbox text not null default 'default',
    tried_ms bigint not null default 0
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
create index if not exists hookgate_parcels_of_lane on hookgate_parcels (outbox, destination, state, lane, id);
create index if not exists hookgate_parcels_due on hookgate_parcels (outbox, destination, state, due_ms, id);
create index if not exists hookgate_parcels_leased on hookgate_parcels (destination, lane) where leased_ms > 0;
"#;

/// What tables lack that were made before deliveries had traces, outboxes names, and due times an index. To make an index
/// asks more of the user than to own the tables, also where it is there.
const ADD: &str = "
alter table hookgate_events add column if not exists outbox text not null default 'default';
alter table hookgate_events add column if not exists event text not null default '';
alter table hookgate_events add column if not exists mark text not null default '';
alter table hookgate_events add column if not exists previous text not null default '';
alter table hookgate_parcels add column if not exists trace text not null default '';
alter table hookgate_parcels add column if not exists outbox text not null default 'default';
alter table hookgate_parcels add column if not exists tried_ms bigint not null default 0;
do $$ begin
    if to_regclass('hookgate_parcels_of_lane') is null then
        create index hookgate_parcels_of_lane on hookgate_parcels (outbox, destination, state, lane, id);
        drop index if exists hookgate_parcels_lane;
    end if;
    if to_regclass('hookgate_parcels_due') is null then
        create index hookgate_parcels_due on hookgate_parcels (outbox, destination, state, due_ms, id);
    end if;
end $$;
";

/// Whether the tables are there, and whether they are an earlier version's. Tables of somebody else are left alone.
const FOUND: &str = "
select to_regclass('hookgate_events') is not null and to_regclass('hookgate_parcels') is not null,
    count(*) filter (where attname = 'is_sealed') > 0
        and (count(*) filter (where attname in ('trace', 'outbox', 'event', 'mark', 'tried_ms', 'previous')) < 7
            or to_regclass('hookgate_parcels_due') is null)
from pg_attribute
where attrelid in (to_regclass('hookgate_events'), to_regclass('hookgate_parcels')) and not attisdropped";

/// Makes the tables where they are not there yet, or what those of an earlier version lack. Where an administrator made them
/// whole, nothing else is asked of the user.
pub async fn create(connection: &mut PgConnection) -> sqlx::Result<()> {
    let make = match sqlx::query_as(FOUND).fetch_one(&mut *connection).await? {
        (false, _) => CREATE,
        (true, true) => ADD,
        (true, false) => return Ok(()),
    };
    // Two gateways that start at once would both make them, and one would fail.
    let mut transaction = connection.begin().await?;
    lock(&mut transaction, "tables").await?;
    transaction.execute(make).await?;
    transaction.commit().await
}

/// Waits until nobody else holds this lock, and holds it to the end of the transaction.
pub async fn lock(connection: &mut PgConnection, name: &str) -> sqlx::Result<()> {
    let lock = sqlx::query("select pg_advisory_xact_lock($1, hashtext($2))").bind(LOCKS).bind(name);
    lock.execute(connection).await.map(drop)
}

/// What came of parcels. One whose lease went to another courier is left alone.
pub async fn settle(connection: &mut PgConnection, settled: Arc<Vec<Settled>>) -> sqlx::Result<()> {
    let (done, others): (Vec<&Settled>, Vec<_>) = settled.iter().partition(|settled| settled.fate == Fate::Done);
    let mut transaction = connection.begin().await?;
    if !done.is_empty() {
        let sql = "delete from hookgate_parcels p using unnest($1::bigint[], $2::text[]) as s (id, worker)
                   where p.id = s.id and p.worker = s.worker";
        let (ids, workers): (Vec<i64>, Vec<&str>) = done.iter().map(|settled| (settled.id, &*settled.worker)).unzip();
        sqlx::query(sql).bind(ids).bind(workers).execute(&mut *transaction).await?;
    }
    if !others.is_empty() {
        keep(&mut transaction, &others).await?;
    }
    transaction.commit().await
}

/// Deliveries that stay: to be sent again, given back, or dead.
async fn keep(connection: &mut PgConnection, settled: &[&Settled]) -> sqlx::Result<()> {
    let sql = "update hookgate_parcels p
        set leased_ms = 0, worker = '', attempts = p.attempts + s.tried, due_ms = coalesce(s.due_ms, p.due_ms),
            state = s.state, error = coalesce(s.error, p.error)
        from unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[])
            as s (id, worker, tried, due_ms, state, error)
        where p.id = s.id and p.worker = s.worker";
    let mut columns = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for Settled { id, worker, fate } in settled {
        let (tried, due_ms, state, error) = match fate {
            Fate::Again { at_ms, why } => (1_i64, Some(*at_ms), WAITING, Some(shortened(why))),
            Fate::Dead { why } => (1, None, DEAD, Some(shortened(why))),
            Fate::Locked { at_ms, why } => (0, *at_ms, WAITING, Some(shortened(why))),
            Fate::Back | Fate::Done => (0, None, WAITING, None),
        };
        columns.0.push(*id);
        columns.1.push(&**worker);
        columns.2.push(tried);
        columns.3.push(due_ms);
        columns.4.push(state);
        columns.5.push(error);
    }
    let (ids, workers, tried, due_ms, states, errors) = columns;
    let query = sqlx::query(sql).bind(ids).bind(workers).bind(tried).bind(due_ms).bind(states).bind(errors);
    query.execute(connection).await.map(drop)
}

fn shortened(text: &str) -> String {
    storable(text.get(..text.floor_char_boundary(ERROR_LIMIT_BYTES)).unwrap_or(text))
}

/// Brings to now what a clock has put off that was set back since.
pub async fn straighten(
    connection: &mut PgConnection,
    outbox: Arc<str>,
    now_ms: i64,
    slack_ms: i64,
) -> sqlx::Result<u64> {
    let sql = "update hookgate_parcels set
            due_ms = $2 + greatest(due_ms - greatest(tried_ms, created_ms), 0),
            leased_ms = case when leased_ms > 0
                then $2 + greatest(leased_ms - greatest(tried_ms, created_ms), 0) else 0 end,
            tried_ms = least(tried_ms, $2),
            created_ms = least(created_ms, $2)
        where outbox = $1 and state = 0 and greatest(tried_ms, created_ms) > $2 + $3";
    let query = sqlx::query(sql).bind(&*outbox).bind(now_ms).bind(slack_ms);
    Ok(query.execute(connection).await?.rows_affected())
}

/// Gives up the leases of a courier.
pub async fn release(connection: &mut PgConnection, worker: String) -> sqlx::Result<()> {
    let sql = "update hookgate_parcels set leased_ms = 0, worker = '' where leased_ms > 0 and worker = $1";
    sqlx::query(sql).bind(worker).execute(connection).await.map(drop)
}

/// Forgets events whose window is over, and says whether there may be more of them. One that is being stored again at this
/// moment is passed over.
pub async fn forget(connection: &mut PgConnection, outbox: Arc<str>, before_ms: i64) -> sqlx::Result<bool> {
    let sql = "delete from hookgate_events where id = any (array(select id from hookgate_events
        where outbox = $1 and at_ms < $2 order by at_ms limit $3 for update skip locked))";
    let limit = i64::try_from(FORGET_LIMIT_EVENTS).unwrap_or(i64::MAX);
    let gone = sqlx::query(sql).bind(&*outbox).bind(before_ms).bind(limit).execute(connection).await?;
    Ok(gone.rows_affected() == FORGET_LIMIT_EVENTS)
}

/// What looks at most of the table reads it from one end to the other: by an index it would take longer.
async fn read_through(connection: &mut PgConnection) -> sqlx::Result<sqlx::Transaction<'_, Postgres>> {
    let mut transaction = connection.begin().await?;
    transaction
        .execute("set local enable_seqscan = on; set local enable_sort = on; set local enable_bitmapscan = on")
        .await?;
    Ok(transaction)
}

/// How much waits.
pub async fn count(connection: &mut PgConnection, outbox: Arc<str>) -> sqlx::Result<Count> {
    let sql = "select count(*) filter (where state = 0), count(*) filter (where state = 1),
        min(created_ms) filter (where state = 0) from hookgate_parcels where outbox = $1";
    let mut transaction = read_through(connection).await?;
    let row = sqlx::query(sql).bind(&*outbox).fetch_one(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(Count { waiting: row.try_get(0)?, dead: row.try_get(1)?, oldest_ms: row.try_get(2)? })
}

/// The condition of what an operator means; every value is a parameter.
const WANTED: &str = "outbox = $1 and ($2::text is null or key = $2) and ($3::text is null or destination = $3)
    and ($4::text is null or hook = $4) and ($5::text is null or person = $5) and ($6::bigint is null or state = $6)";

/// Deliveries, the oldest first.
pub async fn find(connection: &mut PgConnection, outbox: Arc<str>, wanted: Wanted) -> sqlx::Result<Vec<Row>> {
    let limit = if wanted.limit == 0 { i64::MAX } else { i64::try_from(wanted.limit).unwrap_or(i64::MAX) };
    let sql = format!("select * from hookgate_parcels where {WANTED} order by id limit $7");
    let query = sqlx::query(AssertSqlSafe(sql)).bind(&*outbox).bind(wanted.key).bind(wanted.to).bind(wanted.hook);
    let query = query.bind(wanted.person).bind(wanted.is_dead.map(state)).bind(limit);
    let mut transaction = read_through(connection).await?;
    let found = query.fetch_all(&mut *transaction).await?;
    transaction.commit().await?;
    found.iter().map(row).collect()
}

/// Does something to deliveries; how many they were.
pub async fn change(
    connection: &mut PgConnection,
    outbox: Arc<str>,
    wanted: Wanted,
    change: Change,
    now_ms: i64,
) -> sqlx::Result<u64> {
    let sql = match change {
        // Leases stay: what is on its way may arrive yet, and freed it would be sent a second time for certain.
        Change::Retry => {
            format!("update hookgate_parcels set state = 0, attempts = 0, due_ms = $7, created_ms = $7 where {WANTED}")
        }
        Change::Drop => format!("delete from hookgate_parcels where {WANTED}"),
    };
    let query = sqlx::query(AssertSqlSafe(sql)).bind(&*outbox).bind(wanted.key).bind(wanted.to).bind(wanted.hook);
    let query = query.bind(wanted.person).bind(wanted.is_dead.map(state));
    let query = if change == Change::Retry { query.bind(now_ms) } else { query };
    let mut transaction = read_through(connection).await?;
    let changed = query.execute(&mut *transaction).await?.rows_affected();
    transaction.commit().await?;
    Ok(changed)
}

fn state(is_dead: bool) -> i64 {
    if is_dead { DEAD } else { WAITING }
}

pub fn row(columns: &PgRow) -> sqlx::Result<Row> {
    let attempts: i64 = columns.try_get("attempts")?;
    let delivery = StoredDelivery {
        id: columns.try_get("id")?,
        key: columns.try_get("key")?,
        hook: columns.try_get("hook")?,
        person: columns.try_get("person")?,
        to: columns.try_get("destination")?,
        ordering_key: columns.try_get("lane")?,
        body: Body { bytes: columns.try_get("body")?, is_sealed: columns.try_get("is_sealed")? },
        created_ms: columns.try_get("created_ms")?,
        trace: columns.try_get("trace")?,
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
    };
    let state: i64 = columns.try_get("state")?;
    let (due_ms, leased_ms) = (columns.try_get("due_ms")?, columns.try_get("leased_ms")?);
    Ok(Row { delivery, is_dead: state == DEAD, due_ms, leased_ms, error: columns.try_get("error")? })
}
