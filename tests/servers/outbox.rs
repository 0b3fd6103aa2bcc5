//! The shared outbox in a real PostgreSQL: what holds of every store, several gateways at once, and a server that is not
//! well.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::future::{BoxFuture, join_all};
use hookgate::diagnostic::File;
use hookgate::outbox::{
    Attempt, Change, Claim, Courier, Destination, Failed, Fate, NewDeliveries, Opened, Receiver, Settled, Store,
    Trouble, Wanted,
};

use super::database::Database;
use crate::deliveries::any_store::{self, every_case};
use crate::support::outbox::{destination, new_deliveries};

/// Longest time that a server which says nothing may cost, in seconds: its limit is 5, and this machine may be busy.
const SILENCE_LIMIT_S: u64 = 20;

const TABLES: &str = "drop table if exists hookgate_events, hookgate_parcels";

/// The shared outbox of the server with these keys beside the address.
fn store_with(database: &Database, host: &str, keys: &str) -> Result<Arc<dyn Store>, Trouble> {
    let address = format!("postgres://{host}:{}/outbox", database.port);
    let text = format!("outbox: {{ postgres: {{ address: \"{address}\"{keys} }} }}\n");
    let settings = hookgate::config::read(Some(File::new("gateway.yaml".to_owned(), text)), [], &[]);
    hookgate::outbox::store(&settings.unwrap_or_else(|report| panic!("{}", report.to_text(false))).outbox)
}

const LOGIN: &str = ", user: hookgate, password: s3cret-hookgate, tls: off";

fn store(database: &Database) -> Arc<dyn Store> {
    store_with(database, "127.0.0.1", LOGIN).unwrap()
}

fn outbox_of(database: &Database, statement: &str) -> String {
    database.admin_of("outbox", statement)
}

async fn put(store: &Arc<dyn Store>, event: &str) -> Result<bool, String> {
    let stored = store.put(new_deliveries(event, "p", "itsm", 1_000)).await;
    stored.map_err(|trouble| trouble.to_string())
}

fn claim(worker: &str, now_ms: i64) -> Claim {
    Claim { to: "itsm".to_owned(), worker: worker.to_owned(), now_ms, lease_ms: 5_000, limit: 10, locked: Vec::new() }
}

fn settled(id: i64, worker: &str, fate: Fate) -> Vec<Settled> {
    vec![Settled { id, worker: worker.to_owned(), fate }]
}

#[tokio::test]
#[ignore = "needs the servers that tests/servers/run starts"]
async fn what_holds_of_every_store_holds_of_this_one() {
    let database = Database::start("postgres");
    macro_rules! in_postgres {
        ($($case:ident,)*) => {
            $(
                println!("{}", stringify!($case));
                outbox_of(&database, TABLES);
                any_store::$case(store(&database)).await;
            )*
        };
    }
    every_case!(in_postgres);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs the servers that tests/servers/run starts"]
async fn an_event_that_two_gateways_get_at_once_is_stored_once() {
    let database = Database::start("postgres");
    let stores = [store(&database), store(&database)];
    for round in 0..20 {
        // Each gateway has its own order, so that they would wait for each other in circles if they could.
        let all = stores.iter().enumerate().flat_map(|(number, store)| {
            (0..50).map(move |n| {
                let n = if number == 0 { n } else { 49 - n };
                let came = NewDeliveries {
                    nonce: format!("gateway {number}"),
                    ..new_deliveries(&format!("e{round}-{n}"), "p", "itsm", 1_000)
                };
                async move { store.put(came).await.unwrap() }
            })
        });
        let fresh = join_all(all).await;
        assert_eq!(fresh.iter().filter(|fresh| **fresh).count(), 50, "round {round}");
    }
    assert_eq!(stores[0].count().await.unwrap().waiting, 1_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the servers that tests/servers/run starts"]
async fn many_at_once_are_few_transactions() {
    let database = Database::start("postgres");
    let store = store(&database);
    let names: Vec<String> = (0..2_000).map(|n| format!("e{n}")).collect();
    let stored = join_all(names.iter().map(|name| put(&store, name))).await;
    assert!(stored.iter().all(|stored| *stored == Ok(true)), "{stored:?}");
    let transactions: usize =
        outbox_of(&database, "select count(distinct xmin::text) from hookgate_parcels").parse().unwrap();
    assert!(transactions <= 40, "{transactions} transactions");
    let in_order = "select count(*) from hookgate_parcels where key not like 'e' || (id - 1) || '-%'";
    assert_eq!(outbox_of(&database, in_order), "0", "numbered in the order in which they came");
}

#[tokio::test]
#[ignore = "needs the servers that tests/servers/run starts"]
async fn a_dead_letter_that_is_sent_again_waits_until_nobody_holds_its_lane() {
    let database = Database::start("postgres");
    let (one, two) = (store(&database), store(&database));
    for event in ["first", "second"] {
        put(&one, event).await.unwrap();
    }
    let first = one.claim(claim("one", 2_000)).await.unwrap().deliveries[0].id;
    one.settle(settled(first, "one", Fate::Dead { why: "status 400".to_owned() })).await.unwrap();
    let second = one.claim(claim("one", 2_000)).await.unwrap().deliveries[0].id;
    let dead = Wanted { is_dead: Some(true), ..Wanted::default() };
    assert_eq!(two.change(dead, Change::Retry, 3_000).await.unwrap(), 1);
    assert_eq!(two.claim(claim("two", 3_000)).await.unwrap().deliveries.len(), 0, "its ordering key is held");
    one.settle(settled(second, "one", Fate::Done)).await.unwrap();
    assert_eq!(two.claim(claim("two", 3_000)).await.unwrap().deliveries[0].id, first);
}

/// A claim that is under way holds up one of the same destination, which then sees what was leased: made visible by a
/// session of the administrator's that stands where a claim would.
#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn claims_of_a_destination_go_one_after_the_other_and_those_of_others_at_once() {
    let database = Database::start("postgres");
    let (store, runtime) = (store(&database), tokio::runtime::Runtime::new().unwrap());
    runtime.block_on(put(&store, "first")).unwrap();
    runtime.block_on(store.put(new_deliveries("other", "p", "chat", 1_000))).unwrap();
    let held = "begin; select pg_advisory_xact_lock(1752133483, hashtext('itsm')); \
                update hookgate_parcels set leased_ms = 9000, worker = 'other' where destination = 'itsm'; \
                select pg_sleep(60)";
    std::thread::scope(|scope| {
        let holding = scope.spawn(|| std::panic::catch_unwind(|| outbox_of(&database, held)));
        let sleeping = "select count(*) from pg_stat_activity where wait_event = 'PgSleep'";
        crate::support::wait::until("the lock is held", || database.admin(sleeping) == "1");
        let waiting = runtime.spawn({
            let store = Arc::clone(&store);
            async move { store.claim(claim("one", 2_000)).await }
        });
        let locked = "select count(*) from pg_stat_activity where wait_event = 'advisory'";
        crate::support::wait::until("the claim waits", || database.admin(locked) == "1");
        let chat = Claim { to: "chat".to_owned(), ..claim("one", 2_000) };
        assert_eq!(runtime.block_on(store.claim(chat)).unwrap().deliveries.len(), 1, "another destination's does not");
        database.admin("select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'");
        assert!(holding.join().unwrap().is_err(), "its session was ended, and with it what it held");
        assert_eq!(runtime.block_on(waiting).unwrap().unwrap().deliveries.len(), 1);
    });
}

/// A receiver that fails at random, and sees when an ordering key is brought by two at once or out of order.
#[derive(Debug, Default)]
struct Watching {
    under_way: Mutex<BTreeSet<String>>,
    /// The number that arrived last, by ordering key.
    last: Mutex<BTreeMap<String, usize>>,
    came: AtomicUsize,
    wrong: Mutex<Vec<String>>,
}

impl Receiver for Watching {
    fn send<'s>(&'s self, opened: Opened<'s>) -> BoxFuture<'s, Attempt> {
        Box::pin(async move {
            let ordering_key = opened.delivery.ordering_key.clone();
            if !self.under_way.lock().unwrap().insert(ordering_key.clone()) {
                self.wrong.lock().unwrap().push(format!("{ordering_key} is brought by two at once"));
            }
            let came = self.came.fetch_add(1, Ordering::SeqCst);
            for _ in 0..came % 7 {
                tokio::task::yield_now().await;
            }
            let attempt = match came % 5 {
                // No breaker counts it.
                3 => Attempt::Failed(Failed { is_of_receiver: false, ..Failed::of_receiver("not now") }),
                _ => self.arrived(&ordering_key, opened.body),
            };
            self.under_way.lock().unwrap().remove(&ordering_key);
            attempt
        })
    }
}

impl Watching {
    fn arrived(&self, ordering_key: &str, body: &str) -> Attempt {
        let number: usize = body.trim_matches('"').rsplit('-').next().unwrap().parse().unwrap();
        let mut last = self.last.lock().unwrap();
        let before = last.insert(ordering_key.to_owned(), number);
        if before.map_or(0, |before| before + 1) != number {
            self.wrong.lock().unwrap().push(format!("{ordering_key}: {number} after {before:?}"));
        }
        Attempt::Arrived
    }
}

const LANES: usize = 12;
const EVENTS_OF_A_LANE: usize = 40;

/// Both gateways store and bring at once; each ordering key's events are stored in order, by either of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs the servers that tests/servers/run starts"]
async fn a_lane_is_in_order_and_with_one_gateway_at_a_time() {
    let database = Database::start("postgres");
    let stores = [store(&database), store(&database)];
    let watching = Arc::new(Watching::default());
    let clock = Arc::new(AtomicUsize::new(2_000));
    let is_stored = Arc::new(AtomicBool::new(false));
    let couriers: Vec<_> = (0..4)
        .map(|n| {
            let (store, receiver): (_, Arc<dyn Receiver>) = (Arc::clone(&stores[n % 2]), Arc::clone(&watching) as _);
            let schedule =
                hookgate::outbox::Schedule { first: Duration::from_millis(1), ..destination("itsm").schedule };
            let to = Destination { at_once: 1 + n, schedule, ..destination("itsm") };
            let courier = Courier::new(to, receiver, Arc::clone(&store), None, format!("worker-{n}"));
            let (clock, is_stored) = (Arc::clone(&clock), Arc::clone(&is_stored));
            tokio::spawn(async move {
                // Beyond this something waits that nobody brings.
                for _ in 0..20_000 {
                    let now_ms = i64::try_from(clock.fetch_add(1, Ordering::SeqCst)).unwrap();
                    let sent = courier.step(now_ms).await.unwrap().sent;
                    if sent == 0 && is_stored.load(Ordering::SeqCst) && store.count().await.unwrap().waiting == 0 {
                        return true;
                    }
                }
                false
            })
        })
        .collect();
    let ordering_keys = (0..LANES).map(|ordering_key| {
        let stores = stores.clone();
        tokio::spawn(async move {
            for n in 0..EVENTS_OF_A_LANE {
                let event =
                    new_deliveries(&format!("{ordering_key}-{n}"), &format!("key{ordering_key}"), "itsm", 1_000);
                assert!(stores[(n * 7 + ordering_key) % 2].put(event).await.unwrap());
            }
        })
    });
    join_all(ordering_keys).await.into_iter().for_each(Result::unwrap);
    is_stored.store(true, Ordering::SeqCst);
    assert!(join_all(couriers).await.into_iter().all(Result::unwrap), "it never ends");
    assert_eq!(*watching.wrong.lock().unwrap(), Vec::<String>::new());
    let last: Vec<usize> = watching.last.lock().unwrap().values().copied().collect();
    assert_eq!(last, [EVENTS_OF_A_LANE - 1; LANES]);
}

/// Many claims at once, each of which holds what it gets until its lease ends; new deliveries of the same ordering keys
/// come meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs the servers that tests/servers/run starts"]
async fn of_claims_at_once_no_two_get_the_same_lane() {
    let database = Database::start("postgres");
    let stores = [store(&database), store(&database)];
    for round in 0..30_i64 {
        let put = (0..40).map(|n| {
            let event: NewDeliveries =
                new_deliveries(&format!("{round}-{n}"), &format!("key{}", n % 10), "itsm", 1_000);
            let store = Arc::clone(&stores[n % 2]);
            tokio::spawn(async move { store.put(event).await.map(|_| Vec::new()).unwrap() })
        });
        let claimed = (0..8).map(|n| {
            let store = Arc::clone(&stores[n % 2]);
            let claim = Claim { limit: 3, ..claim(&format!("worker-{n}"), 10_000 * (round + 1)) };
            tokio::spawn(async move { store.claim(claim).await.unwrap().deliveries })
        });
        let deliveries = join_all(put.chain(claimed).collect::<Vec<_>>()).await.into_iter().flat_map(Result::unwrap);
        let ordering_keys: Vec<String> = deliveries.map(|delivery| delivery.ordering_key).collect();
        let distinct: BTreeSet<&String> = ordering_keys.iter().collect();
        assert_eq!(distinct.len(), ordering_keys.len(), "round {round}: {ordering_keys:?}");
        assert!(round == 0 || !ordering_keys.is_empty(), "round {round}: nothing was claimed");
    }
}

/// The administrator's own rows: as many as `of` says, each with its ordering key and due time in SQL, where `n` is its
/// number.
fn fill(database: &Database, ordering_key: &str, due_ms: &str, of: std::ops::RangeInclusive<usize>) {
    let (first, last) = (of.start(), of.end());
    let sql = format!(
        "insert into hookgate_parcels (key, hook, person, destination, lane, body, is_sealed, created_ms, due_ms) \
         select 'k' || n, 'test', 'p', 'itsm', {ordering_key}, 'x', false, 0, {due_ms} from generate_series({first}, {last}) n"
    );
    outbox_of(database, &sql);
}

/// However much waits for later, in however many ordering keys: what is due is found at the first look.
#[tokio::test]
#[ignore = "needs the servers that tests/servers/run starts"]
async fn what_waits_does_not_hide_what_is_due() {
    let database = Database::start("postgres");
    let store = store(&database);
    assert_eq!(store.claim(claim("one", 2_000)).await.unwrap().next_ms, None);
    fill(&database, "'busy'", "n", 3_000..=102_999);
    let claimed = store.claim(claim("one", 2_000)).await.unwrap();
    assert_eq!((claimed.deliveries.len(), claimed.next_ms), (0, Some(3_000)));
    fill(&database, "'lane' || n", "n", 200_000..=300_000);
    store.put(new_deliveries("e", "the last of all", "itsm", 1_000)).await.unwrap();
    assert_eq!(store.claim(claim("one", 2_000)).await.unwrap().deliveries.len(), 1);
    // It is leased until then.
    assert_eq!(store.claim(claim("two", 2_500)).await.unwrap().next_ms, Some(3_000));
    let ordering_keys: Vec<_> =
        store.claim(claim("two", 3_000)).await.unwrap().deliveries.into_iter().map(|p| p.ordering_key).collect();
    assert_eq!(ordering_keys, ["busy"]);
    assert_eq!(store.claim(claim("two", 3_000)).await.unwrap().next_ms, Some(3_001), "behind the one under way");
}

/// Ordering keys by the thousand whose first delivery cannot be sent yet, with something due behind each: what has just come
/// is found at once, and what became due in the midst of them by walking from key to key.
#[tokio::test]
#[ignore = "needs the servers that tests/servers/run starts"]
async fn what_is_due_behind_others_hides_nothing_either() {
    let database = Database::start("postgres");
    let store = store(&database);
    assert_eq!(store.claim(claim("one", 2_000)).await.unwrap().next_ms, None);
    fill(&database, "'lane' || n", "900000", 1..=12_000);
    fill(&database, "'lane' || (n - 20000)", "n - 20000", 20_001..=32_000);
    store.put(new_deliveries("new", "a person of its own", "itsm", 19_000)).await.unwrap();
    let claimed = store.claim(claim("one", 20_000)).await.unwrap();
    assert_eq!(
        claimed.deliveries.iter().map(|delivery| &*delivery.ordering_key).collect::<Vec<_>>(),
        ["a person of its own"]
    );
    outbox_of(&database, "update hookgate_parcels set due_ms = 6000 where lane = 'lane7777' and due_ms = 900000");
    let (mut now_ms, mut looks) = (20_000, 0);
    let ordering_key = loop {
        looks += 1;
        let claimed = store.claim(claim("one", now_ms)).await.unwrap();
        match (claimed.deliveries.first(), claimed.next_ms) {
            (Some(delivery), _) => break delivery.ordering_key.clone(),
            (None, next_ms) => now_ms = next_ms.unwrap(),
        }
        assert!(looks < 5, "it is not found");
    };
    assert_eq!(ordering_key, "lane7777");
    assert!(now_ms < 23_000, "a walk a second: {now_ms}");
}

/// What the server has read of the deliveries so far, in rows.
fn rows_read(database: &Database) -> usize {
    let sql =
        "select seq_tup_read + coalesce(idx_tup_fetch, 0) from pg_stat_user_tables where relname = 'hookgate_parcels'";
    outbox_of(database, sql).parse().unwrap()
}

/// Brings so many deliveries as a courier does, each with an ordering key of its own.
async fn bring(store: &Arc<dyn Store>, round: usize, count: usize) {
    join_all((0..count).map(|n| {
        let event = new_deliveries(&format!("{round}-{n}"), &format!("person {n}"), "itsm", 1_000);
        async move { store.put(event).await.unwrap() }
    }))
    .await;
    let mut brought = 0;
    while brought < count {
        let deliveries = store.claim(claim("one", 2_000)).await.unwrap().deliveries;
        assert!(!deliveries.is_empty());
        brought += deliveries.len();
        store
            .settle(deliveries.iter().flat_map(|delivery| settled(delivery.id, "one", Fate::Done)).collect())
            .await
            .unwrap();
    }
}

/// A table that was vacuumed while it was nearly empty, and has bloated since, is read by its indexes all the same: the
/// planner knows of no rows in it. `HOOKGATE_WAITING` says how many wait at the most; the speed is told and held against
/// nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the servers that tests/servers/run starts"]
async fn a_delivery_costs_the_same_whatever_waits_and_whatever_the_planner_believes() {
    const COUNT: u16 = 1_000;
    let most = std::env::var("HOOKGATE_WAITING").map_or(50_000, |most| most.parse().unwrap());
    let database = Database::start("postgres");
    let store = store(&database);
    store.count().await.unwrap();
    outbox_of(&database, "alter table hookgate_parcels set (autovacuum_enabled = off)");
    bring(&store, 0, COUNT.into()).await;
    outbox_of(&database, "vacuum analyze hookgate_parcels");
    let mut well = None;
    let mut waiting = 0;
    for (round, wanted) in [0, 1, 50_000, 1_000_000].into_iter().filter(|wanted| *wanted <= most).enumerate() {
        if wanted > waiting {
            fill(&database, "'waits' || n", "900000", waiting + 1..=wanted);
            waiting = wanted;
        }
        let before = rows_read(&database);
        let began = Instant::now();
        bring(&store, round + 1, COUNT.into()).await;
        let a_second = f64::from(COUNT) / began.elapsed().as_secs_f64();
        let share = a_second / *well.get_or_insert(a_second);
        crate::support::wait::until("the server has counted", || rows_read(&database) > before);
        // What it counted comes late; the last of it is of the next round.
        let each = (rows_read(&database) - before) / usize::from(COUNT);
        println!(
            "{wanted:>8} waiting: {a_second:>6.0} deliveries a second, {share:.2} of none; {each} rows read for each"
        );
        assert!(each < 30, "{wanted} waiting: {each} rows read for each delivery");
    }
}

/// The gateway's own clock is an hour behind the server's: what is stored, claimed and put off goes by the server's.
#[tokio::test]
#[ignore = "needs the servers that tests/servers/run starts"]
async fn times_are_those_of_the_database() {
    let database = Database::start("postgres");
    outbox_of(
        &database,
        "create function clock_timestamp() returns timestamptz language sql as $$ select pg_catalog.clock_timestamp() + interval '1 hour' $$; \
         alter role hookgate set search_path = public, pg_catalog",
    );
    let store = store(&database);
    store.count().await.unwrap();
    let own_ms = jiff::Timestamp::now().as_millisecond();
    let hour_ms = 3_600_000;
    let is_near = |time_ms: i64| (time_ms - own_ms - hour_ms).abs() < 30_000;
    assert!(is_near(store.now_ms()), "{}", store.now_ms() - own_ms);
    store.put(new_deliveries("e", "p", "itsm", own_ms)).await.unwrap();
    let stored: i64 = outbox_of(&database, "select due_ms from hookgate_parcels").parse().unwrap();
    assert!(is_near(stored), "{}", stored - own_ms);
    assert_eq!(store.claim(claim("one", own_ms)).await.unwrap().deliveries.len(), 0);
    assert_eq!(store.claim(claim("one", store.now_ms())).await.unwrap().deliveries.len(), 1);
    assert_eq!(store.change(Wanted::default(), Change::Retry, own_ms).await.unwrap(), 1);
    let again: i64 = outbox_of(&database, "select due_ms from hookgate_parcels").parse().unwrap();
    assert!(is_near(again), "{}", again - own_ms);
}

/// What a gateway that was killed had sent off comes after its caller has told another of it, and of the next event.
#[tokio::test]
#[ignore = "needs the servers that tests/servers/run starts"]
async fn what_comes_late_from_a_gateway_that_was_killed_is_a_repetition() {
    let database = Database::start("postgres");
    let store = store(&database);
    let put = async |event: &str, at_ms: i64, gateway: &str| {
        let came = new_deliveries(event, "p", "itsm", at_ms);
        store.put(NewDeliveries { stream: "p".to_owned(), nonce: gateway.to_owned(), ..came }).await.unwrap()
    };
    assert!(put("sales", 1_011, "b").await);
    assert!(put("finance", 1_020, "b").await);
    assert!(!put("sales", 1_000, "a").await, "it came before the one that was stored");
    assert!(put("sales", 1_030, "b").await, "undone and done again");
    assert!(!put("finance", 1_015, "a").await);
    assert!(put("finance", 1_040, "b").await);
    for n in 0..12 {
        assert!(put(&format!("more{n}"), 1_050 + n, "b").await);
    }
    assert!(!put("finance", 1_035, "a").await, "however many have come since");
    assert!(put("finance", 1_070, "b").await);
}

/// More events than one statement forgets.
#[tokio::test]
#[ignore = "needs the servers that tests/servers/run starts"]
async fn events_are_forgotten_to_the_last() {
    let database = Database::start("postgres");
    let store = store(&database);
    store.count().await.unwrap();
    let fill = "insert into hookgate_events (id, at_ms) select 'e' || n, n from generate_series(1, 70000) n";
    outbox_of(&database, fill);
    store.forget(65_001).await.unwrap();
    assert_eq!(outbox_of(&database, "select count(*), min(at_ms) from hookgate_events"), "5000|65001");
}

#[tokio::test]
#[ignore = "needs the servers that tests/servers/run starts"]
async fn a_server_that_was_away_takes_events_again_and_has_lost_none() {
    let mut database = Database::start("postgres");
    let store = store(&database);
    put(&store, "before").await.unwrap();
    store.count().await.unwrap();
    database.stop();
    for event in ["during", "still"] {
        let told = put(&store, event).await.unwrap_err();
        assert!(told.contains("127.0.0.1") && told.contains("goes on by itself"), "{told}");
    }
    assert!(store.claim(claim("one", 2_000)).await.is_err());
    database.run();
    let mut stored = Err("not asked".to_owned());
    let limit = Instant::now() + Duration::from_secs(SILENCE_LIMIT_S);
    while stored.is_err() && Instant::now() < limit {
        stored = put(&store, "after").await;
    }
    assert_eq!(stored, Ok(true));
    let keys: Vec<_> = store.find(Wanted::default()).await.unwrap().into_iter().map(|row| row.delivery.key).collect();
    assert_eq!(keys, ["before-3e8-0", "after-3e8-0"]);
    // Sessions that the server ended, without anybody being told, cost no event.
    database.admin("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'hookgate'");
    assert_eq!(put(&store, "ended").await, Ok(true));
    assert_eq!(store.claim(claim("one", 2_000)).await.unwrap().deliveries.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the servers that tests/servers/run starts"]
async fn a_server_that_hangs_costs_a_bounded_time_and_events_are_stored_when_it_goes_on() {
    let database = Database::start("postgres");
    let store = store(&database);
    put(&store, "before").await.unwrap();
    database.hang();
    let began = Instant::now();
    let names: Vec<String> = (0..20).map(|n| format!("during{n}")).collect();
    let told = join_all(names.iter().map(|name| put(&store, name))).await;
    let claimed = store.claim(claim("one", 2_000)).await;
    assert!(began.elapsed() < Duration::from_secs(SILENCE_LIMIT_S), "{:?}", began.elapsed());
    for told in told {
        let told = told.unwrap_err();
        assert!(told.contains("127.0.0.1") && told.contains("not answered in 5000 ms"), "{told}");
    }
    assert!(claimed.unwrap_err().message.contains("not answered"));
    database.go_on();
    assert_eq!(put(&store, "after").await, Ok(true));
    // Their callers were told that it failed, and come again: stored now or then, each is stored once.
    for name in &names {
        put(&store, name).await.unwrap();
    }
    assert_eq!(store.count().await.unwrap().waiting, 22);
}

#[tokio::test]
#[ignore = "needs the servers that tests/servers/run starts"]
async fn what_is_wrong_is_told_with_what_to_do_and_without_credentials() {
    let database = Database::start("postgres");
    let told = async |host: &str, keys: &str| {
        let told = put(&store_with(&database, host, keys).unwrap(), "e").await.unwrap_err();
        assert!(told.contains(host) && !told.contains("s3cret"), "{told}");
        told
    };
    let wrong = told("127.0.0.1", ", user: hookgate, password: s3cret-wrong, tls: off").await;
    assert!(wrong.contains("refuses the login (code 28P01)") && wrong.contains("`password`"), "{wrong}");
    let login = ", user: hookgate, password: s3cret-hookgate";
    let with = |ca: &str| format!("{login}, ca: \"{}\"", database.file(ca).display());
    let other = told("localhost", &with("other-ca.pem")).await;
    assert!(other.contains("no encrypted connection") && other.contains("`ca`"), "{other}");
    // The certificate is one for `localhost`.
    assert!(told("127.0.0.1", &with("ca.pem")).await.contains("no encrypted connection"));
    assert_eq!(put(&store_with(&database, "localhost", &with("ca.pem")).unwrap(), "e").await, Ok(true));

    outbox_of(&database, TABLES);
    outbox_of(&database, "alter database outbox owner to admin");
    let may_not = told("127.0.0.1", LOGIN).await;
    assert!(may_not.contains("make or use its tables (code 42501)"), "{may_not}");
    let made = "set role admin; create table hookgate_events (a integer); create table hookgate_parcels (a integer); \
                grant all on all tables in schema public to hookgate";
    outbox_of(&database, made);
    assert!(told("127.0.0.1", LOGIN).await.contains("other tables than hookgate's"));
    outbox_of(&database, TABLES);
    database.admin("alter database outbox owner to hookgate");
    database.admin("alter database outbox set default_transaction_read_only = on");
    assert!(told("127.0.0.1", LOGIN).await.contains("takes no changes"));
    database.admin("alter database outbox reset default_transaction_read_only");
    assert_eq!(put(&store(&database), "e").await, Ok(true));
}

#[tokio::test]
#[ignore = "needs the servers that tests/servers/run starts"]
async fn tables_that_an_administrator_made_are_enough() {
    let database = Database::start("postgres");
    put(&store(&database), "e").await.unwrap();
    outbox_of(&database, "alter database outbox owner to admin; revoke create on schema public from hookgate");
    let store = store(&database);
    assert_eq!(put(&store, "other").await, Ok(true));
    // Those of an earlier version lack a column: whoever may not make tables is told, and whoever may makes it.
    outbox_of(&database, "alter table hookgate_parcels drop column trace");
    outbox_of(&database, "alter table hookgate_parcels owner to admin; grant all on hookgate_parcels to hookgate");
    let older = self::store(&database);
    assert!(put(&older, "third").await.unwrap_err().contains("make or use its tables (code 42501)"));
    outbox_of(&database, "alter table hookgate_parcels add column trace text not null default ''");
    assert_eq!(put(&older, "third").await, Ok(true));
    outbox_of(
        &database,
        "alter table hookgate_parcels owner to hookgate; alter table hookgate_parcels drop column trace",
    );
    assert_eq!(put(&self::store(&database), "fourth").await, Ok(true));
    // Two that start at once on an empty database.
    outbox_of(&database, "alter database outbox owner to hookgate");
    for round in 0..5 {
        outbox_of(&database, TABLES);
        let stores: Vec<_> = (0..4).map(|_| self::store(&database)).collect();
        let names: Vec<String> = (0..4).map(|n| format!("e{round}-{n}")).collect();
        let stored = join_all(stores.iter().zip(&names).map(|(store, name)| put(store, name))).await;
        assert!(stored.iter().all(|stored| *stored == Ok(true)), "{stored:?}");
    }
}

#[tokio::test]
#[ignore = "needs the servers that tests/servers/run starts"]
async fn what_is_stored_is_synced_whatever_the_database_says() {
    let database = Database::start("postgres");
    outbox_of(&database, "alter role hookgate set synchronous_commit = off");
    let store = store(&database);
    outbox_of(&database, "alter database outbox set synchronous_commit = off");
    put(&store, "e").await.unwrap();
    // The table tells: what a session of this user writes there is what it is set to.
    outbox_of(
        &database,
        "create table seen (setting text); grant all on seen to hookgate; \
         create function sees() returns trigger language plpgsql as $$ begin \
         insert into seen values (current_setting('synchronous_commit')); return new; end $$; \
         create trigger sees before insert on hookgate_parcels for each row execute function sees()",
    );
    put(&store, "other").await.unwrap();
    assert_eq!(outbox_of(&database, "select setting from seen"), "on");
}
