//! Claims due deliveries from the shared outbox: the first of each ordering key, for one courier of all gateways.

use std::sync::Arc;

use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{AssertSqlSafe, Connection as _, Row as _};

use super::table::{lock, row};
use crate::outbox::delivery::StoredDelivery;
use crate::outbox::settings::Settings;
use crate::outbox::store::{Claim, Claimed};

/// Most deliveries that a look at what is due goes through.
const DUE_LIMIT: i64 = 500;
/// Most ordering keys that one walk goes through; the next one goes on from there.
const KEYS_LIMIT: i64 = 5_000;
/// How long after a walk that found nothing the next one is, in milliseconds: it costs a hundredth of a second, and what
/// becomes due meanwhile is found by its time.
const WALK_PAUSE_MS: i64 = 1_000;

/// Leases the deliveries of `due`, and gives them with what was looked at.
const LEASE: &str = "
taken as (
    update hookgate_parcels p set leased_ms = $6, worker = $7, tried_ms = $4
    where p.id = any (array(select id from due)) returning p.*
)";

/// One delivery, `p`, that may be leased: due, free, one that the courier can open, and nobody holds another with its
/// ordering key.
/// What is being settled or changed at this moment is passed over rather than waited for.
const FREE: &str = "
        p.state = 0 and p.due_ms <= $4 and p.leased_ms <= $4 and p.id <> all ($9)
            and not exists (select from hookgate_parcels q
                where q.outbox = $8 and q.destination = $1 and q.lane = p.lane
                    and q.leased_ms > 0 and q.leased_ms > $4)
        for update of p skip locked";

/// What is due, in the order of its time or against it: those among it that are the first of their key and free. It ends
/// as soon as there are enough. Where nothing is found, one row tells how many were looked at, and until when the first
/// of those is leased that are. Each first of a key is found by a step of its own, which no plan turns into a look at all
/// of them.
fn by_time(order: &str) -> String {
    format!(
        "with looked as not materialized (
    select p.id, p.lane, p.leased_ms from hookgate_parcels p
    where p.outbox = $8 and p.destination = $1 and p.state = 0 and p.due_ms <= $4
    order by p.due_ms {order}, p.id {order} limit $3
), due as (
    select p.id from looked, lateral (
        select p.id from hookgate_parcels p where p.id = looked.id and p.id = (
            select q.id from hookgate_parcels q
            where q.outbox = $8 and q.destination = $1 and q.state = 0 and q.lane = looked.lane order by q.id limit 1)
            and {FREE}) p
    where looked.leased_ms <= $4 and $2 = '' limit $5
), {LEASE}
select taken.*, counted.* from (select 1) one left join taken on true left join lateral (
    select count(*) as looked, max(lane) as last_key, min(leased_ms) filter (where leased_ms > $4) as next_ms
    from looked where not exists (select from due)) counted on true"
    )
}

/// The first delivery of each ordering key from `$2` on, found by jumping from key to key: however much waits under one,
/// it costs one step. It ends as soon as there are enough that may be leased. Where nothing is found, one row tells how
/// many keys were looked at, which was the last, and when the first of them is due.
fn by_ordering_key() -> String {
    format!(
        "with recursive firsts as (
    (select lane, id, due_ms, leased_ms, 1 as number from hookgate_parcels
        where outbox = $8 and destination = $1 and state = 0 and lane >= $2 order by lane, id limit 1)
    union all
    select next.*, firsts.number + 1 from firsts, lateral (
        select q.lane, q.id, q.due_ms, q.leased_ms from hookgate_parcels q
        where q.outbox = $8 and q.destination = $1 and q.state = 0 and q.lane > firsts.lane order by q.lane, q.id limit 1) next
    where firsts.number < $3
), due as (
    select p.id from firsts, lateral (select p.id from hookgate_parcels p where p.id = firsts.id and {FREE}) p
    where firsts.due_ms <= $4 and firsts.leased_ms <= $4 limit $5
), {LEASE}
select taken.*, walk.* from (select 1) one left join taken on true left join lateral (
    select count(*) as looked, max(lane) as last_key, min(greatest(due_ms, leased_ms)) as next_ms
    from firsts where not exists (select from due)) walk on true"
    )
}

/// When the first delivery is due that is not yet.
const NEXT: &str = "select due_ms from hookgate_parcels
    where outbox = $1 and destination = $2 and state = 0 and due_ms > $3 order by due_ms limit 1";

/// Where the next walk through a destination's ordering keys goes on: after the one of which something was taken last, so
/// that none of them waits for those before it in the alphabet.
#[derive(Clone, Debug, Default)]
pub struct Round {
    /// Ordering keys from here on.
    from: String,
    /// Not before this time, in milliseconds since 1970.
    at_ms: i64,
}

/// What one look found.
enum Found {
    Deliveries(Vec<StoredDelivery>),
    Nothing { last_key: Option<String>, looked: i64, next_ms: Option<i64> },
}

/// How a courier looks for what may be leased.
#[derive(Clone, Copy)]
enum Look<'l> {
    LongestDue,
    LatestDue,
    /// The first of each ordering key, from this one on.
    OrderingKeys(&'l str),
}

/// The first of each ordering key that is due and free, leased to one courier; and where the next look goes on.
///
/// Two gateways never hold one ordering key at once. The statement alone does not see to that: it looks at a key as it
/// was when it began, and another claim may be under way at this very time, of a delivery with an earlier number that was
/// not to be seen then (its event was being stored) or not waiting (a dead letter that is sent again). So the claims of a
/// destination go one after the other, under a lock that is held until the lease is committed: each sees every lease
/// before it, and takes nothing of an ordering key of which anything is leased. The lock is a statement of its own
/// because a statement sees what was committed before it began, not before it got the lock.
///
/// What is due is found by its time, the longest due first. Where all of that waits behind others of its key, what became
/// due last is looked at, which is what has just come; and where that waits as well, the ordering keys are walked, so
/// many at a time.
pub async fn claim(
    connection: &mut PgConnection,
    outbox: Arc<str>,
    claim: Arc<Claim>,
    mut round: Round,
) -> sqlx::Result<(Claimed, Round)> {
    let mut transaction = connection.begin().await?;
    lock(&mut transaction, &lock_name(&outbox, &claim.to)).await?;
    let mut claimed = by_due(&mut transaction, &outbox, &claim).await?;
    if claimed.is_none() && claim.now_ms >= round.at_ms {
        claimed = walk(&mut transaction, &outbox, &claim, &mut round).await?;
    }
    transaction.commit().await?;
    // What is due waits behind others of its ordering key, with more keys than were looked at.
    Ok((claimed.unwrap_or(Claimed { deliveries: Vec::new(), next_ms: Some(round.at_ms) }), round))
}

/// Under which name the claims of a destination go one after the other. In the usual outbox it is what versions without
/// names of outboxes take, so that gateways of both do not hold one ordering key at once.
fn lock_name(outbox: &str, to: &str) -> String {
    if outbox == Settings::USUAL_NAME { to.to_owned() } else { format!("{outbox}/{to}") }
}

/// By the time when things are due; `None` where all that was looked at waits behind others, and there is more of it.
async fn by_due(connection: &mut PgConnection, outbox: &str, claim: &Claim) -> sqlx::Result<Option<Claimed>> {
    match look(connection, outbox, claim, Look::LongestDue).await? {
        Found::Deliveries(deliveries) => return Ok(Some(Claimed { deliveries, next_ms: Some(claim.now_ms) })),
        Found::Nothing { looked: DUE_LIMIT.., .. } => {}
        Found::Nothing { next_ms, .. } => {
            let next = sqlx::query_scalar(NEXT).bind(outbox).bind(&claim.to).bind(claim.now_ms);
            let due_ms = next.fetch_optional(&mut *connection).await?;
            return Ok(Some(Claimed { deliveries: Vec::new(), next_ms: earlier(due_ms, next_ms) }));
        }
    }
    Ok(match look(connection, outbox, claim, Look::LatestDue).await? {
        Found::Deliveries(deliveries) => Some(Claimed { deliveries, next_ms: Some(claim.now_ms) }),
        Found::Nothing { .. } => None,
    })
}

/// A walk through the ordering keys; `None` where it found nothing.
async fn walk(
    connection: &mut PgConnection,
    outbox: &str,
    claim: &Claim,
    round: &mut Round,
) -> sqlx::Result<Option<Claimed>> {
    match look(connection, outbox, claim, Look::OrderingKeys(&round.from)).await? {
        Found::Deliveries(deliveries) => {
            round.from = deliveries.iter().map(|delivery| after(&delivery.ordering_key)).max().unwrap_or_default();
            Ok(Some(Claimed { deliveries, next_ms: Some(claim.now_ms) }))
        }
        Found::Nothing { last_key, looked, .. } => {
            let goes_on = last_key.filter(|_| looked >= KEYS_LIMIT);
            let from = goes_on.map(|last| after(&last)).unwrap_or_default();
            *round = Round { from, at_ms: claim.now_ms.saturating_add(WALK_PAUSE_MS) };
            Ok(None)
        }
    }
}

async fn look(connection: &mut PgConnection, outbox: &str, claim: &Claim, look: Look<'_>) -> sqlx::Result<Found> {
    let Claim { to, worker, now_ms, lease_ms, limit, locked } = claim;
    let limit = i64::try_from(*limit).unwrap_or(i64::MAX);
    let until_ms = now_ms.saturating_add(*lease_ms);
    let (sql, from, looks) = match look {
        Look::LongestDue => (by_time("asc"), "", DUE_LIMIT),
        Look::LatestDue => (by_time("desc"), "", DUE_LIMIT),
        Look::OrderingKeys(from) => (by_ordering_key(), from, KEYS_LIMIT),
    };
    let query = sqlx::query(AssertSqlSafe(sql)).bind(to).bind(from).bind(looks).bind(now_ms).bind(limit);
    let rows = query.bind(until_ms).bind(worker).bind(outbox).bind(locked).fetch_all(connection).await?;
    match rows.first() {
        Some(first) if first.try_get::<Option<i64>, _>("id")?.is_some() => {
            let deliveries: sqlx::Result<Vec<StoredDelivery>> =
                rows.iter().map(|columns| Ok(row(columns)?.delivery)).collect();
            let mut deliveries = deliveries?;
            deliveries.sort_by_key(|delivery| delivery.id);
            Ok(Found::Deliveries(deliveries))
        }
        Some(looked) => nothing(looked),
        None => Ok(Found::Nothing { last_key: None, looked: 0, next_ms: None }),
    }
}

fn nothing(row: &PgRow) -> sqlx::Result<Found> {
    let (last_key, looked) = (row.try_get("last_key")?, row.try_get("looked")?);
    Ok(Found::Nothing { last_key, looked, next_ms: row.try_get("next_ms")? })
}

/// Behind an ordering key and before every other: no text that is stored has the character NUL.
fn after(ordering_key: &str) -> String {
    format!("{ordering_key}\u{1}")
}

fn earlier(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    one.into_iter().chain(other).min()
}
