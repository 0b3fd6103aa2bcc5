//! The courier: it sends what is due, in order, and keeps what did not arrive. Time is what the test says it is.

use std::sync::Arc;

use hookgate::outbox::{Attempt, Courier, Destination, Embedded, Failed, Place, Receiver, Store, Wanted};

use crate::support::outbox::{Played, consignment, destination};

fn memory() -> Arc<dyn Store> {
    Arc::new(Embedded::start(Place::Memory).unwrap())
}

fn courier(destination: Destination, receiver: &Arc<Played>, store: &Arc<dyn Store>) -> Courier {
    let receiver: Arc<dyn Receiver> = Arc::clone(receiver) as _;
    Courier::new(destination, receiver, Arc::clone(store), None, "worker".to_owned())
}

/// Steps until nothing is sent any more at this time.
async fn drain(courier: &Courier, now_ms: i64) -> usize {
    let mut sent = 0;
    loop {
        match courier.step(now_ms).await.unwrap().sent {
            0 => return sent,
            more => sent += more,
        }
    }
}

#[tokio::test]
async fn what_is_stored_arrives_once_and_is_forgotten() {
    let (store, receiver) = (memory(), Played::takes_all());
    for n in 0..10 {
        store.put(consignment(&format!("e{n}"), &format!("p{n}"), "itsm", 1_000)).await.unwrap();
    }
    let courier = courier(destination("itsm"), &receiver, &store);
    assert_eq!(drain(&courier, 2_000).await, 10);
    assert_eq!(receiver.bodies().len(), 10);
    assert_eq!(store.count().await.unwrap().waiting, 0);
}

#[tokio::test]
async fn the_same_event_is_stored_once_in_its_window_and_again_after_it() {
    let store = memory();
    assert!(store.put(consignment("e", "p", "itsm", 1_000)).await.unwrap());
    assert!(!store.put(consignment("e", "p", "itsm", 60_999)).await.unwrap());
    assert!(store.put(consignment("e", "p", "itsm", 61_000)).await.unwrap());
    assert!(store.put(consignment("other", "p", "itsm", 61_000)).await.unwrap());
    let keys: Vec<String> =
        store.find(Wanted::default()).await.unwrap().into_iter().map(|row| row.parcel.key).collect();
    assert_eq!(keys.len(), 3);
    assert_ne!(keys[0], keys[1], "another window is another key");
}

#[tokio::test]
async fn one_person_is_told_of_in_order_whatever_fails_on_the_way() {
    let receiver = Played::new(|_, body, before| match (body, before) {
        ("\"e0\"", 0..=2) => Attempt::Failed(Failed::of_receiver("down")),
        _ => Attempt::Arrived,
    });
    let store = memory();
    for n in 0..5 {
        store.put(consignment(&format!("e{n}"), "asha", "itsm", 1_000 + n)).await.unwrap();
    }
    store.put(consignment("other", "vikram", "itsm", 1_010)).await.unwrap();
    let courier = courier(destination("itsm"), &receiver, &store);
    let mut now_ms = 2_000;
    while store.count().await.unwrap().waiting > 0 {
        drain(&courier, now_ms).await;
        now_ms += 500;
        assert!(now_ms < 100_000, "never ends");
    }
    let asha: Vec<String> = receiver.bodies().into_iter().filter(|body| body != "\"other\"").collect();
    let firsts: Vec<&String> =
        asha.iter().enumerate().filter(|(n, body)| !asha[..*n].contains(body)).map(|(_, body)| body).collect();
    assert_eq!(firsts, ["\"e0\"", "\"e1\"", "\"e2\"", "\"e3\"", "\"e4\""]);
    assert_eq!(receiver.bodies()[1], "\"other\"", "another person is not held up");
}

#[tokio::test]
async fn a_resend_has_the_same_key() {
    let receiver = Played::new(|_, _, before| match before {
        0 => Attempt::Failed(Failed::of_receiver("down")),
        _ => Attempt::Arrived,
    });
    let store = memory();
    store.put(consignment("e", "p", "itsm", 1_000)).await.unwrap();
    let courier = courier(destination("itsm"), &receiver, &store);
    drain(&courier, 1_000).await;
    drain(&courier, 10_000).await;
    let keys = receiver.keys();
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[0], keys[1]);
}

#[tokio::test]
async fn what_is_refused_for_good_is_a_dead_letter_and_holds_nobody_up() {
    let receiver = Played::new(|_, body, _| match body {
        "\"bad\"" => Attempt::Failed(Failed::for_good("status 400")),
        _ => Attempt::Arrived,
    });
    let store = memory();
    store.put(consignment("bad", "p", "itsm", 1_000)).await.unwrap();
    store.put(consignment("good", "p", "itsm", 1_001)).await.unwrap();
    let courier = courier(destination("itsm"), &receiver, &store);
    drain(&courier, 2_000).await;
    assert_eq!(receiver.bodies(), ["\"bad\"", "\"good\""]);
    let count = store.count().await.unwrap();
    assert_eq!((count.waiting, count.dead), (0, 1));
    let dead = store.find(Wanted { is_dead: Some(true), ..Wanted::default() }).await.unwrap();
    assert_eq!(dead[0].error.as_deref(), Some("status 400"));
}

#[tokio::test]
async fn a_receiver_that_fails_again_and_again_is_left_alone_for_a_while() {
    let receiver = Played::new(|_, _, _| Attempt::Failed(Failed::of_receiver("down")));
    let store = memory();
    for n in 0..40 {
        store.put(consignment(&format!("e{n}"), &format!("p{n}"), "itsm", 1_000)).await.unwrap();
    }
    let courier = courier(Destination { at_once: 1, ..destination("itsm") }, &receiver, &store);
    assert_eq!(drain(&courier, 2_000).await, 5);
    assert!(courier.step(2_000).await.unwrap().again_ms > 2_000);
}

#[tokio::test]
async fn no_more_are_sent_in_a_second_than_may_be() {
    let (store, receiver) = (memory(), Played::takes_all());
    for n in 0..100 {
        store.put(consignment(&format!("e{n}"), &format!("p{n}"), "itsm", 1_000)).await.unwrap();
    }
    let courier = courier(Destination { per_second: 10, at_once: 50, ..destination("itsm") }, &receiver, &store);
    let mut sent = Vec::new();
    for tenth in 0..50 {
        sent.push(drain(&courier, 100_000 + tenth * 100).await);
    }
    let most = sent.windows(10).map(|second| second.iter().sum::<usize>()).max().unwrap();
    let all: usize = sent.iter().sum();
    assert!(most <= 20 && (40..=60).contains(&all), "{most} in a second, {all} in five");
    let waits = courier.step(100_000 + 5_000).await.unwrap();
    assert!(waits.again_ms > 105_000 || waits.sent > 0);
}

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
    store.put(consignment("e", "p", "itsm", 1_000)).await.unwrap();
    let courier = Courier::new(destination("itsm"), Arc::new(Hangs), Arc::clone(&store), None, "w".to_owned());
    let began = tokio::time::Instant::now();
    assert_eq!(courier.step(1_000).await.unwrap().sent, 1);
    assert!((1_000..1_100).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
    let row = &store.find(Wanted::default()).await.unwrap()[0];
    assert_eq!((row.parcel.attempts, row.error.as_deref()), (1, Some("no answer in 1000 ms")));
}

#[tokio::test]
async fn what_one_courier_holds_no_other_takes_until_its_lease_ends() {
    let store = memory();
    store.put(consignment("e", "p", "itsm", 1_000)).await.unwrap();
    let claim = |worker: &str, now_ms| hookgate::outbox::Claim {
        to: "itsm".to_owned(),
        worker: worker.to_owned(),
        now_ms,
        lease_ms: 5_000,
        limit: 10,
    };
    assert_eq!(store.claim(claim("one", 2_000)).await.unwrap().parcels.len(), 1);
    assert_eq!(store.claim(claim("two", 6_999)).await.unwrap().parcels.len(), 0);
    let taken = store.claim(claim("two", 7_000)).await.unwrap().parcels;
    assert_eq!(taken.len(), 1);
    // The first comes back late: what it says counts no more.
    let done = |worker: &str| {
        vec![hookgate::outbox::Settled {
            id: taken[0].id,
            worker: worker.to_owned(),
            fate: hookgate::outbox::Fate::Done,
        }]
    };
    store.settle(done("one")).await.unwrap();
    assert_eq!(store.count().await.unwrap().waiting, 1);
    store.settle(done("two")).await.unwrap();
    assert_eq!(store.count().await.unwrap().waiting, 0);
}

#[tokio::test]
async fn what_was_sent_and_could_not_be_written_down_is_not_sent_again() {
    use hookgate::outbox::{Change, Claim, Claimed, Consignment, Count, Row, Settled, Trouble};
    use std::sync::atomic::{AtomicBool, Ordering};
    /// A store whose disk fails when something is to be written down.
    #[derive(Debug)]
    struct Failing(Arc<dyn Store>, AtomicBool);
    type Future<'f, T> = futures_util::future::BoxFuture<'f, Result<T, Trouble>>;
    impl Store for Failing {
        fn put(&self, consignment: Consignment) -> Future<'_, bool> {
            self.0.put(consignment)
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
    store.put(consignment("one", "p", "itsm", 1_000)).await.unwrap();
    store.put(consignment("two", "p", "itsm", 1_001)).await.unwrap();
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

#[tokio::test]
async fn an_operator_sends_again_and_drops() {
    use hookgate::outbox::Change;
    let receiver = Played::new(|_, _, before| match before {
        0 => Attempt::Failed(Failed::for_good("status 410")),
        _ => Attempt::Arrived,
    });
    let store = memory();
    for (event, lane) in [("a", "asha"), ("b", "vikram"), ("c", "asha")] {
        store.put(consignment(event, lane, "itsm", 1_000)).await.unwrap();
    }
    let courier = courier(destination("itsm"), &receiver, &store);
    drain(&courier, 2_000).await;
    assert_eq!(store.count().await.unwrap().dead, 3);
    let of = |person: &str| Wanted { person: Some(person.to_owned()), is_dead: Some(true), ..Wanted::default() };
    assert_eq!(store.change(of("asha"), Change::Retry, 3_000).await.unwrap(), 2);
    assert_eq!(store.change(of("vikram"), Change::Drop, 3_000).await.unwrap(), 1);
    drain(&courier, 3_000).await;
    let count = store.count().await.unwrap();
    assert_eq!((count.waiting, count.dead, receiver.bodies().len()), (0, 0, 5));
}

#[tokio::test]
async fn what_is_on_its_way_is_not_sent_twice_because_an_operator_is_impatient() {
    use hookgate::outbox::{Change, Claim, Fate, Settled};
    let store = memory();
    store.put(consignment("e", "p", "itsm", 1_000)).await.unwrap();
    let claim = |worker: &str, now_ms| Claim {
        to: "itsm".to_owned(),
        worker: worker.to_owned(),
        now_ms,
        lease_ms: 5_000,
        limit: 10,
    };
    let taken = store.claim(claim("one", 2_000)).await.unwrap().parcels;
    assert_eq!(store.change(Wanted::default(), Change::Retry, 3_000).await.unwrap(), 1);
    assert_eq!(store.claim(claim("two", 3_000)).await.unwrap().parcels.len(), 0, "the first courier holds it still");
    let done = Settled { id: taken[0].id, worker: "one".to_owned(), fate: Fate::Done };
    store.settle(vec![done]).await.unwrap();
    assert_eq!(store.count().await.unwrap().waiting, 0, "and what it says counts");
}
