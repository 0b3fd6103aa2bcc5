//! The courier: it sends what is due, in order, and keeps what did not arrive. Time is what the test says it is.

use std::sync::Arc;

use hookgate::outbox::{Attempt, Courier, Embedded, Place, Receiver, Store, Wanted};

use super::any_store::{self, courier, drain, every_case};
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
