//! What of the shared outbox is sent next: the first of each lane, one lane after the other, to one courier of all gateways.

use std::sync::Arc;

use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Connection as _, Row as _};

use super::parcel::Parcel;
use super::postgres_table::{lock, row};
use super::settings::Settings;
use super::store::{Claim, Claimed};

/// Most lanes that one look goes through; the next one goes on from there.
const LANES_LIMIT: i64 = 5_000;

/// The first parcel of each lane from `$2` on, found by jumping from lane to lane: however much waits in one, it costs one
/// step. It ends as soon as there are enough that are due, free, and in a lane of which nobody holds another. What is being
/// settled or changed at this moment is passed over rather than waited for. Where nothing is found, one row tells how many
/// lanes were looked at, which was the last, and when the first of them is due. All of it under one name of an outbox, `$8`, and
/// without the parcels `$9`, which the courier cannot open.
const CLAIM: &str = "
with recursive firsts as (
    (select lane, id, due_ms, leased_ms, 1 as number from hookgate_parcels
        where outbox = $8 and destination = $1 and state = 0 and lane >= $2 order by lane, id limit 1)
    union all
    select next.*, firsts.number + 1 from firsts, lateral (
        select q.lane, q.id, q.due_ms, q.leased_ms from hookgate_parcels q
        where q.outbox = $8 and q.destination = $1 and q.state = 0 and q.lane > firsts.lane order by q.lane, q.id limit 1) next
    where firsts.number < $3
), due as (
    select p.id from firsts, lateral (
        select p.id from hookgate_parcels p
        where p.id = firsts.id and p.state = 0 and p.due_ms <= $4 and p.leased_ms <= $4 and p.id <> all ($9)
            and not exists (select from hookgate_parcels q
                where q.outbox = $8 and q.destination = $1 and q.lane = firsts.lane
                    and q.leased_ms > 0 and q.leased_ms > $4)
        for update of p skip locked) p
    where firsts.due_ms <= $4 and firsts.leased_ms <= $4 limit $5
), taken as (
    update hookgate_parcels p set leased_ms = $6, worker = $7, tried_ms = $4 from due where p.id = due.id returning p.*
)
select taken.*, walk.* from (select 1) one left join taken on true left join lateral (
    select count(*) as walked, max(lane) as last_lane, min(greatest(due_ms, leased_ms)) as next_ms
    from firsts where not exists (select from due)) walk on true";

/// Where the next look at a destination goes on: after the lane of which something was taken last, so that none of them
/// waits for those before it in the alphabet.
#[derive(Clone, Debug, Default)]
pub(super) struct Round {
    /// Lanes from here on.
    from: String,
    /// Whether nothing has been found since the first lane of all, and when the first of what was looked at is due.
    is_empty: bool,
    next_ms: Option<i64>,
}

/// What one look found.
enum Found {
    Parcels(Vec<Parcel>),
    Nothing { last_lane: Option<String>, walked: i64, next_ms: Option<i64> },
}

/// The first of each lane that is due and free, leased to one courier; and where the next look goes on.
///
/// Two gateways never hold one lane at once. The statement alone does not see to that: it looks at the lane as it was when
/// it began, and another claim may be under way at this very time, of a parcel with an earlier number that was not to be seen
/// then (its event was being stored) or not waiting (a dead letter that is sent again). So the claims of a destination go
/// one after the other, under a lock that is held until the lease is committed: each sees every lease before it, and takes
/// nothing of a lane of which anything is leased. The lock is a statement of its own because a statement sees
/// what was committed before it began, not before it got the lock.
pub(super) async fn claim(
    connection: &mut PgConnection,
    outbox: Arc<str>,
    claim: Arc<Claim>,
    round: Round,
) -> sqlx::Result<(Claimed, Round)> {
    let mut transaction = connection.begin().await?;
    lock(&mut transaction, &lock_name(&outbox, &claim.to)).await?;
    let mut claimed = step(&mut transaction, &outbox, &claim, round).await?;
    if claimed.is_none() {
        // The last lane of all was reached, and something may wait in those before the one where this began.
        claimed = step(&mut transaction, &outbox, &claim, Round::default()).await?;
    }
    transaction.commit().await?;
    Ok(claimed.unwrap_or_default())
}

/// Under which name the claims of a destination go one after the other. In the usual outbox it is what versions without names
/// of outboxes take, so that gateways of both do not hold one lane at once.
fn lock_name(outbox: &str, to: &str) -> String {
    if outbox == Settings::USUAL_NAME { to.to_owned() } else { format!("{outbox}/{to}") }
}

/// One look; `None` where it must begin again with the first lane.
async fn step(
    connection: &mut PgConnection,
    outbox: &str,
    claim: &Claim,
    round: Round,
) -> sqlx::Result<Option<(Claimed, Round)>> {
    let is_empty = round.is_empty || round.from.is_empty();
    let now = Some(claim.now_ms);
    Ok(match look(connection, outbox, claim, &round.from).await? {
        Found::Parcels(parcels) => {
            let from = parcels.iter().map(|parcel| after(&parcel.lane)).max().unwrap_or_default();
            Some((Claimed { parcels, next_ms: now }, Round { from, ..Round::default() }))
        }
        Found::Nothing { last_lane: Some(last), walked: LANES_LIMIT.., next_ms } => {
            let next_ms = earlier(round.next_ms, next_ms);
            let round = Round { from: after(&last), is_empty, next_ms };
            Some((Claimed { parcels: Vec::new(), next_ms: now }, round))
        }
        Found::Nothing { next_ms, .. } if is_empty => {
            let next_ms = earlier(round.next_ms, next_ms);
            Some((Claimed { parcels: Vec::new(), next_ms }, Round::default()))
        }
        Found::Nothing { .. } => None,
    })
}

async fn look(connection: &mut PgConnection, outbox: &str, claim: &Claim, from: &str) -> sqlx::Result<Found> {
    let Claim { to, worker, now_ms, lease_ms, limit, locked } = claim;
    let limit = i64::try_from(*limit).unwrap_or(i64::MAX);
    let until_ms = now_ms.saturating_add(*lease_ms);
    let query = sqlx::query(CLAIM).bind(to).bind(from).bind(LANES_LIMIT).bind(now_ms).bind(limit);
    let rows = query.bind(until_ms).bind(worker).bind(outbox).bind(locked).fetch_all(connection).await?;
    match rows.first() {
        Some(first) if first.try_get::<Option<i64>, _>("id")?.is_some() => {
            let parcels: sqlx::Result<Vec<Parcel>> = rows.iter().map(|columns| Ok(row(columns)?.parcel)).collect();
            let mut parcels = parcels?;
            parcels.sort_by_key(|parcel| parcel.id);
            Ok(Found::Parcels(parcels))
        }
        Some(walk) => nothing(walk),
        None => Ok(Found::Nothing { last_lane: None, walked: 0, next_ms: None }),
    }
}

fn nothing(walk: &PgRow) -> sqlx::Result<Found> {
    let (last_lane, walked) = (walk.try_get("last_lane")?, walk.try_get("walked")?);
    Ok(Found::Nothing { last_lane, walked, next_ms: walk.try_get("next_ms")? })
}

/// Behind a lane and before every other: no text that is stored has the character NUL.
fn after(lane: &str) -> String {
    format!("{lane}\u{1}")
}

fn earlier(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    one.into_iter().chain(other).min()
}
