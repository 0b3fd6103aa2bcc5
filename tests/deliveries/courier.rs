//! The courier: it sends what is due, in order, and keeps what did not arrive. Time is what the test says it is.

use std::sync::Arc;

use hookgate::outbox::{Attempt, Courier, Destination, Embedded, Place, Receiver, Step, Store, Wanted};

use super::any_store::{self, courier, drain, every_case};
use crate::support::log::logged;
use crate::support::outbox::{Played, destination, new_deliveries};

fn memory() -> Arc<dyn Store> {
    Arc::new(Embedded::start(Place::Memory).unwrap())
}

/// Each case with the embedded store as a test of its own.
macro_rules! in_memory {
    ($($case:ident,)*) => {
        $(
            #[tokio::test]
            async fn $case() {
                any_store::$case(memory()).await;
            }
        )*
    };
}
every_case!(in_memory);

#[tokio::test(start_paused = true)]
async fn a_receiver_that_hangs_costs_its_timeout_and_is_tried_again() {
    #[derive(Debug)]
    struct Hangs;
    impl Receiver for Hangs {
        fn send<'s>(&'s self, _: hookgate::outbox::Opened<'s>) -> futures_util::future::BoxFuture<'s, Attempt> {
            Box::pin(std::future::pending())
        }
    }
    let store = memory();
    store.put(new_deliveries("e", "p", "itsm", 1_000)).await.unwrap();
    let courier = Courier::new(destination("itsm"), Arc::new(Hangs), Arc::clone(&store), None, "w".to_owned());
    let began = tokio::time::Instant::now();
    assert_eq!(courier.step(1_000).await.unwrap().sent, 1);
    assert!((1_000..1_100).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
    let row = &store.find(Wanted::default()).await.unwrap()[0];
    assert_eq!((row.delivery.attempts, row.error.as_deref()), (1, Some("no answer in 1000 ms")));
}

#[tokio::test]
async fn a_courier_that_a_rate_holds_back_comes_again_when_one_more_may_be_sent() {
    for per_second in [1, 3, 7, 10, 60] {
        let store = memory();
        for n in 0..200 {
            store.put(new_deliveries(&format!("e{n}"), &format!("p{n}"), "itsm", 1_000)).await.unwrap();
        }
        let to = Destination { per_second, at_once: 2, ..destination("itsm") };
        let courier = courier(to, &Played::takes_all(), &store);
        let mut now_ms = 100_000;
        for _ in 0..3 {
            let held = loop {
                let step = courier.step(now_ms).await.unwrap();
                match step.sent {
                    0 => break step,
                    _ => assert_eq!(step.again_ms, now_ms, "there may be more"),
                }
            };
            let wait_ms = held.again_ms - now_ms;
            assert!((1..=1_000 / i64::from(per_second) + 1).contains(&wait_ms), "{wait_ms} ms at {per_second}");
            now_ms = held.again_ms;
            assert!(courier.step(now_ms).await.unwrap().sent > 0, "{per_second}");
        }
    }
}

#[tokio::test]
async fn a_courier_that_finds_nothing_looks_again_in_a_second_and_one_that_is_paused_takes_nothing() {
    let (store, receiver) = (memory(), Played::takes_all());
    let courier = courier(destination("itsm"), &receiver, &store);
    let nothing = Ok(Step { sent: 0, again_ms: 3_000 });
    assert_eq!((courier.step(2_000).await, courier.is_paused()), (nothing.clone(), false));
    store.put(new_deliveries("e", "p", "itsm", 1_000)).await.unwrap();
    courier.pause(true);
    assert_eq!((courier.step(2_000).await, courier.is_paused()), (nothing, true));
    courier.pause(false);
    assert_eq!(courier.step(2_000).await, Ok(Step { sent: 1, again_ms: 2_000 }));
    assert_eq!((receiver.bodies().len(), courier.is_paused()), (1, false));
}

#[tokio::test]
async fn a_courier_comes_again_when_the_next_delivery_is_due_though_not_at_once_and_in_a_second_at_the_latest() {
    for (due_ms, again_ms) in [(2_010, 2_050), (2_050, 2_050), (2_300, 2_300), (3_000, 3_000), (9_000, 3_000)] {
        let (store, receiver) = (memory(), Played::takes_all());
        store.put(new_deliveries("later", "later", "itsm", due_ms)).await.unwrap();
        let courier = courier(destination("itsm"), &receiver, &store);
        assert_eq!(courier.step(2_000).await, Ok(Step { sent: 0, again_ms }), "{due_ms}");
        let mut sealed = new_deliveries("sealed", "sealed", "itsm", 1_000);
        sealed.deliveries[0].body.is_sealed = true;
        store.put(sealed).await.unwrap();
        assert_eq!(drain(&courier, 2_000).await, 0);
        let in_a_second = Ok(Step { sent: 0, again_ms: 3_000 });
        assert_eq!(courier.step(2_000).await, in_a_second, "{due_ms}, and one that waits for a key");
    }
}

/// The first of a minute is told by itself, and a minute later how many there were, if there were more.
#[test]
fn deliveries_that_wait_for_a_key_are_told_once_a_minute() {
    for (count, told) in [(1, None), (3, Some("deliveries=3"))] {
        let log = logged(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let store = memory();
                for n in 0..count {
                    let mut sealed = new_deliveries(&format!("e{n}"), &format!("p{n}"), "itsm", 1_000);
                    sealed.deliveries[0].body.is_sealed = true;
                    store.put(sealed).await.unwrap();
                }
                let courier = courier(destination("itsm"), &Played::takes_all(), &store);
                for now_ms in [2_000, 3_000, 61_000, 62_000] {
                    assert_eq!(drain(&courier, now_ms).await, 0);
                    assert_eq!(courier.locked(), count);
                }
            });
        });
        assert_eq!(log.matches("not delivered: it waits for a key").count(), 2, "{log}");
        assert_eq!(log.matches("deliveries wait for a key").count(), usize::from(told.is_some()), "{log}");
        assert!(told.is_none_or(|told| log.contains(told)), "{log}");
    }
}

#[tokio::test]
async fn what_was_sent_and_could_not_be_written_down_is_not_sent_again() {
    use hookgate::outbox::{Change, Claim, Claimed, Count, NewDeliveries, Passing, Row, Settled, Trouble};
    use std::sync::atomic::{AtomicBool, Ordering};
    /// A store whose disk fails when something is to be written down.
    #[derive(Debug)]
    struct Failing(Arc<dyn Store>, AtomicBool);
    type Future<'f, T> = futures_util::future::BoxFuture<'f, Result<T, Trouble>>;
    impl Store for Failing {
        fn put(&self, new_deliveries: NewDeliveries) -> Future<'_, bool> {
            self.0.put(new_deliveries)
        }
        fn pass(&self, passing: Passing) -> Future<'_, ()> {
            self.0.pass(passing)
        }
        fn claim(&self, claim: Claim) -> Future<'_, Claimed> {
            self.0.claim(claim)
        }
        fn settle(&self, settled: Vec<Settled>) -> Future<'_, ()> {
            if self.1.load(Ordering::SeqCst) {
                let trouble = Trouble { message: "read only".to_owned(), help: "make room".to_owned() };
                return Box::pin(async { Err(trouble) });
            }
            self.0.settle(settled)
        }
        fn is_own(&self) -> bool {
            true
        }
        fn release(&self, worker: Option<String>) -> Future<'_, ()> {
            self.0.release(worker)
        }
        fn forget(&self, before_ms: i64) -> Future<'_, ()> {
            self.0.forget(before_ms)
        }
        fn straighten(&self, now_ms: i64, slack_ms: i64) -> Future<'_, u64> {
            self.0.straighten(now_ms, slack_ms)
        }
        fn count(&self) -> Future<'_, Count> {
            self.0.count()
        }
        fn find(&self, wanted: Wanted) -> Future<'_, Vec<Row>> {
            self.0.find(wanted)
        }
        fn change(&self, wanted: Wanted, change: Change, now_ms: i64) -> Future<'_, u64> {
            self.0.change(wanted, change, now_ms)
        }
    }
    let receiver = Played::takes_all();
    let failing = Arc::new(Failing(memory(), AtomicBool::new(true)));
    let store: Arc<dyn Store> = Arc::clone(&failing) as _;
    store.put(new_deliveries("one", "p", "itsm", 1_000)).await.unwrap();
    store.put(new_deliveries("two", "p", "itsm", 1_001)).await.unwrap();
    let courier = courier(destination("itsm"), &receiver, &store);
    for n in 0..20 {
        assert!(courier.step(2_000 + n * 60_000).await.is_err());
    }
    assert_eq!(receiver.bodies(), ["\"one\""], "sent once, however often the disk fails");
    failing.1.store(false, Ordering::SeqCst);
    drain(&courier, 2_000_000).await;
    assert_eq!(receiver.bodies(), ["\"one\"", "\"two\""]);
    assert_eq!(store.count().await.unwrap().waiting, 0);
}
