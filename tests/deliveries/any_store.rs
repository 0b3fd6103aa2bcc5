//! What holds of every store: each case is given an empty one. `every_case!` has them all, for those who run them.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookgate::outbox::{
    Attempt, Body, Change, Claim, Count, Courier, Destination, Failed, Fate, NewDeliveries, NewDelivery, Passing,
    Receiver, Seal, Settled, Step, Store, Wanted,
};

use crate::support::outbox::{Played, destination, new_deliveries};

/// Gives the names of all cases to a macro.
macro_rules! every_case {
    ($with:ident) => {
        $with! {
            what_is_stored_arrives_once_and_is_forgotten,
            the_same_event_is_stored_once_in_its_window_and_again_after_it,
            an_event_is_a_repetition_only_while_no_other_of_its_stream_came_in_between,
            an_event_that_sends_nothing_comes_in_between_too,
            a_clock_that_is_set_back_makes_no_event_a_repetition_for_longer,
            what_is_stored_a_second_time_because_the_first_answer_was_lost_is_no_repetition,
            one_person_is_told_of_in_order_whatever_fails_on_the_way,
            what_no_key_opens_waits_and_is_left_to_a_gateway_that_can,
            a_clock_that_is_set_back_delays_nothing,
            a_rate_outlasts_a_clock_that_is_set_back,
            what_nobody_here_knows_where_to_bring_is_left_alone,
            a_resend_has_the_same_key,
            what_is_refused_for_good_is_a_dead_letter_and_holds_nobody_up,
            a_receiver_that_fails_again_and_again_is_left_alone_for_a_while,
            no_more_are_sent_in_a_second_than_may_be,
            what_one_courier_holds_no_other_takes_until_its_lease_ends,
            an_operator_sends_again_and_drops,
            what_is_on_its_way_is_not_sent_twice_because_an_operator_is_impatient,
            the_same_event_twice_in_one_millisecond_without_a_window_is_one_parcel,
            whatever_a_lane_is_called_it_is_one_of_its_own,
            what_is_given_back_waits_as_before_and_counts_no_attempt,
            what_a_courier_releases_is_free_at_once_and_what_others_hold_is_not,
            an_event_that_is_forgotten_is_stored_again,
            much_that_waits_behind_one_that_failed_hides_no_other_lane,
            all_parcels_of_an_event_are_stored_in_its_order_and_found_by_what_is_asked,
        }
    };
}
pub(crate) use every_case;

pub fn courier(destination: Destination, receiver: &Arc<Played>, store: &Arc<dyn Store>) -> Courier {
    let receiver: Arc<dyn Receiver> = Arc::clone(receiver) as _;
    Courier::new(destination, receiver, Arc::clone(store), None, "worker".to_owned())
}

/// Steps until nothing is sent any more at this time.
pub async fn drain(courier: &Courier, now_ms: i64) -> usize {
    let mut sent = 0;
    loop {
        match courier.step(now_ms).await.unwrap().sent {
            0 => return sent,
            more => sent += more,
        }
    }
}

pub async fn what_is_stored_arrives_once_and_is_forgotten(store: Arc<dyn Store>) {
    let receiver = Played::takes_all();
    for n in 0..10 {
        store.put(new_deliveries(&format!("e{n}"), &format!("p{n}"), "itsm", 1_000)).await.unwrap();
    }
    let courier = courier(destination("itsm"), &receiver, &store);
    assert_eq!(drain(&courier, 2_000).await, 10);
    assert_eq!(receiver.bodies().len(), 10);
    assert_eq!(store.count().await.unwrap().waiting, 0);
}

pub async fn the_same_event_is_stored_once_in_its_window_and_again_after_it(store: Arc<dyn Store>) {
    assert!(store.put(new_deliveries("e", "p", "itsm", 1_000)).await.unwrap());
    assert!(!store.put(new_deliveries("e", "p", "itsm", 60_999)).await.unwrap());
    assert!(store.put(new_deliveries("e", "p", "itsm", 61_000)).await.unwrap());
    assert!(store.put(new_deliveries("other", "p", "itsm", 61_000)).await.unwrap());
    let keys: Vec<String> =
        store.find(Wanted::default()).await.unwrap().into_iter().map(|row| row.delivery.key).collect();
    assert_eq!(keys.len(), 3);
    assert_ne!(keys[0], keys[1], "another window is another key");
}

/// An event of a stream, each coming with a nonce of its own.
fn of_stream(event: &str, stream: &str, at_ms: i64, nonce: &str) -> NewDeliveries {
    NewDeliveries { stream: stream.to_owned(), nonce: nonce.to_owned(), ..new_deliveries(event, "p", "itsm", at_ms) }
}

/// What comes, in order: `a`, `b`, … are events of one stream that send something, capitals are the same events sending
/// nothing. Which of them are stored.
async fn stored_of(store: &Arc<dyn Store>, stream: &str, coming: &str) -> String {
    let mut stored = String::new();
    for (n, c) in coming.chars().enumerate() {
        let event = format!("{}-of-{stream}", c.to_ascii_lowercase());
        if c.is_ascii_uppercase() {
            store.pass(Passing { event, stream: stream.to_owned() }).await.unwrap();
            continue;
        }
        // All in one millisecond: nothing but the order counts.
        if store.put(of_stream(&event, stream, 1_000, &format!("n{n}"))).await.unwrap() {
            stored.push(c);
        }
    }
    stored
}

pub async fn an_event_is_a_repetition_only_while_no_other_of_its_stream_came_in_between(store: Arc<dyn Store>) {
    for (n, (coming, stored)) in
        [("aba", "aba"), ("aab", "ab"), ("aabbaa", "aba"), ("abcabc", "abcabc"), ("abab", "abab"), ("aaaa", "a")]
            .into_iter()
            .enumerate()
    {
        assert_eq!(stored_of(&store, &format!("stream{n}"), coming).await, stored, "{coming}");
    }
    let waiting = store.count().await.unwrap().waiting;
    assert_eq!(waiting, 3 + 2 + 3 + 6 + 4 + 1, "each that is stored waits, under a key of its own");
    // What comes of others is not in between.
    assert!(store.put(of_stream("x", "one", 1_000, "1")).await.unwrap());
    assert!(store.put(of_stream("y", "other", 1_000, "2")).await.unwrap());
    assert!(!store.put(of_stream("x", "one", 1_001, "3")).await.unwrap());
}

pub async fn an_event_that_sends_nothing_comes_in_between_too(store: Arc<dyn Store>) {
    for (n, (coming, stored)) in
        [("aBa", "aa"), ("aAa", "a"), ("Aa", "a"), ("aBAa", "aa"), ("abBb", "ab"), ("aCbBbDb", "abb")]
            .into_iter()
            .enumerate()
    {
        assert_eq!(stored_of(&store, &format!("stream{n}"), coming).await, stored, "{coming}");
    }
}

pub async fn a_clock_that_is_set_back_makes_no_event_a_repetition_for_longer(store: Arc<dyn Store>) {
    let hour_ms = 3_600_000;
    assert!(store.put(of_stream("e", "s", 2 * hour_ms, "1")).await.unwrap());
    assert!(!store.put(of_stream("e", "s", 2 * hour_ms - 59_999, "2")).await.unwrap(), "within the window");
    assert!(store.put(of_stream("e", "s", hour_ms, "3")).await.unwrap(), "an hour before is not");
    assert!(!store.put(of_stream("e", "s", hour_ms + 1, "4")).await.unwrap());
}

pub async fn what_is_stored_a_second_time_because_the_first_answer_was_lost_is_no_repetition(store: Arc<dyn Store>) {
    let event = || of_stream("e", "s", 1_000, "one");
    assert!(store.put(event()).await.unwrap());
    assert!(store.put(event()).await.unwrap(), "nothing was dropped");
    assert_eq!(store.count().await.unwrap().waiting, 1, "and nothing is sent twice");
}

fn seal(bytes: &[u8]) -> Arc<Seal> {
    let read = |byte: &u8| Seal::read(&STANDARD.encode([*byte; 32]).into()).unwrap();
    Arc::new(bytes.iter().map(read).reduce(Seal::and_opens).unwrap())
}

fn sealed(event: &str, ordering_key: &str, by: &Seal) -> NewDeliveries {
    let mut new_deliveries = new_deliveries(event, ordering_key, "itsm", 1_000);
    new_deliveries.deliveries[0].body = by.close(&format!("\"{event}\""), "itsm").unwrap();
    new_deliveries
}

fn courier_with(seal: Option<Arc<Seal>>, worker: &str, receiver: &Arc<Played>, store: &Arc<dyn Store>) -> Courier {
    let receiver: Arc<dyn Receiver> = Arc::clone(receiver) as _;
    Courier::new(destination("itsm"), receiver, Arc::clone(store), seal, worker.to_owned())
}

/// Steps until a look finds nothing at all, several times over: what is found and cannot be opened is no end.
async fn exhaust(courier: &Courier, now_ms: i64) {
    let mut idle = 0;
    while idle < 3 {
        let step = courier.step(now_ms).await.unwrap();
        idle = if step.sent == 0 && step.again_ms > now_ms { idle + 1 } else { 0 };
    }
}

pub async fn what_no_key_opens_waits_and_is_left_to_a_gateway_that_can(store: Arc<dyn Store>) {
    let receiver = Played::takes_all();
    let (old, new, both) = (seal(&[1]), seal(&[2]), seal(&[2, 1]));
    for ordering_key in ["asha", "vikram"] {
        store.put(sealed(&format!("new-{ordering_key}"), ordering_key, &new)).await.unwrap();
        store.put(sealed(&format!("old-{ordering_key}"), ordering_key, &old)).await.unwrap();
    }
    store.put(sealed("old-meera", "meera", &old)).await.unwrap();
    store.put(new_deliveries("plain", "plain", "itsm", 1_000)).await.unwrap();
    let behind = courier_with(Some(Arc::clone(&old)), "behind", &receiver, &store);
    exhaust(&behind, 2_000).await;
    let mut came = receiver.bodies();
    came.sort();
    assert_eq!(came, ["\"old-meera\"", "\"plain\""], "of the other keys the first cannot be opened");
    assert_eq!(behind.locked(), 2);
    let count = store.count().await.unwrap();
    assert_eq!((count.waiting, count.dead), (4, 0));
    let rows = store.find(Wanted::default()).await.unwrap();
    assert_eq!(rows[0].delivery.attempts, 0, "no attempt was made");
    assert!(rows[0].error.as_deref().unwrap().contains("no key of `outbox.encryption_key` opens it"), "{:?}", rows[0]);
    // Without any key the same.
    exhaust(&courier_with(None, "without", &receiver, &store), 2_000).await;
    assert_eq!(store.count().await.unwrap().dead, 0);
    // A gateway that has both gets it at once, in order, whatever the other did meanwhile.
    let ahead = courier_with(Some(both), "ahead", &receiver, &store);
    exhaust(&ahead, 2_000).await;
    let of_asha: Vec<String> = receiver.bodies().into_iter().filter(|body| body.contains("asha")).collect();
    assert_eq!(of_asha, ["\"new-asha\"", "\"old-asha\""]);
    assert_eq!((store.count().await.unwrap().waiting, ahead.locked()), (0, 0));
    exhaust(&behind, 70_000).await;
    assert_eq!(behind.locked(), 0, "after a minute it is looked at anew");
}

pub async fn a_clock_that_is_set_back_delays_nothing(store: Arc<dyn Store>) {
    let hour_ms = 3_600_000;
    let (before_ms, now_ms) = (2 * hour_ms, hour_ms);
    for ordering_key in ["tried", "leased", "fresh"] {
        store.put(new_deliveries(ordering_key, ordering_key, "itsm", before_ms)).await.unwrap();
    }
    let taken = store.claim(Claim { limit: 2, ..claim("one", before_ms) }).await.unwrap().deliveries;
    let id = |ordering_key: &str| taken.iter().find(|delivery| delivery.ordering_key == ordering_key).unwrap().id;
    let (tried, other) = (taken[0].ordering_key.clone(), taken[1].ordering_key.clone());
    let fate = Fate::Again { at_ms: before_ms + 60_000, why: "down".to_owned() };
    store.settle(vec![Settled { id: id(&tried), worker: "one".to_owned(), fate }]).await.unwrap();
    assert_eq!(store.straighten(before_ms + 500, 1_000).await.unwrap(), 0, "a clock that goes on changes nothing");
    assert_eq!(store.claim(claim("two", now_ms)).await.unwrap().deliveries.len(), 0, "all of it is an hour ahead");
    assert_eq!(store.straighten(now_ms, 1_000).await.unwrap(), 3);
    let ordering_keys = async |at_ms: i64| {
        // A shared store goes around the ordering keys, and may begin again with the first one at the second look only.
        let mut ordering_keys = Vec::new();
        for _ in 0..2 {
            let claim = Claim { lease_ms: 1_000_000_000, ..claim("two", at_ms) };
            let claimed = store.claim(claim).await.unwrap().deliveries;
            ordering_keys.extend(claimed.into_iter().map(|delivery| delivery.ordering_key));
        }
        ordering_keys
    };
    let fresh: Vec<String> = ["tried", "leased", "fresh"]
        .map(str::to_owned)
        .into_iter()
        .filter(|ordering_key| *ordering_key != tried && *ordering_key != other)
        .collect();
    assert_eq!(ordering_keys(now_ms).await, fresh, "what was never tried is due");
    assert_eq!(ordering_keys(now_ms + 5_000).await, [other], "a lease lasts as long as it was meant to");
    assert_eq!(ordering_keys(now_ms + 59_999).await, [""; 0]);
    assert_eq!(ordering_keys(now_ms + 60_000).await, [tried], "and so does the wait after a failure");
}

pub async fn a_rate_outlasts_a_clock_that_is_set_back(store: Arc<dyn Store>) {
    let receiver = Played::takes_all();
    for n in 0..20 {
        store.put(new_deliveries(&format!("e{n}"), &format!("p{n}"), "itsm", 1_000)).await.unwrap();
    }
    let courier = courier(Destination { per_second: 2, ..destination("itsm") }, &receiver, &store);
    let sent = drain(&courier, 3_600_000).await;
    assert!(sent > 0 && sent < 20, "{sent}");
    let mut more = 0;
    for tenth in 0..30 {
        more += drain(&courier, 10_000 + tenth * 100).await;
    }
    assert!((3..=10).contains(&more), "{more} in three seconds");
}

pub async fn what_nobody_here_knows_where_to_bring_is_left_alone(store: Arc<dyn Store>) {
    let receiver = Played::takes_all();
    store.put(new_deliveries("known", "p", "itsm", 1_000)).await.unwrap();
    store.put(new_deliveries("unknown", "p", "later", 1_000)).await.unwrap();
    let here = courier(destination("itsm"), &receiver, &store);
    // Until long after it would have become too old.
    for day in 0..10 {
        exhaust(&here, 2_000 + day * 86_400_000).await;
    }
    assert_eq!(receiver.bodies(), ["\"known\""]);
    let left = &store.find(Wanted::default()).await.unwrap()[0];
    assert_eq!((left.is_dead, left.delivery.attempts, &left.error), (false, 0, &None));
    exhaust(&courier(destination("later"), &receiver, &store), 2_000).await;
    assert_eq!(receiver.bodies(), ["\"known\"", "\"unknown\""]);
}

pub async fn one_person_is_told_of_in_order_whatever_fails_on_the_way(store: Arc<dyn Store>) {
    let receiver = Played::new(|_, body, before| match (body, before) {
        ("\"e0\"", 0..=2) => Attempt::Failed(Failed::of_receiver("down")),
        _ => Attempt::Arrived,
    });
    for n in 0..5 {
        store.put(new_deliveries(&format!("e{n}"), "asha", "itsm", 1_000 + n)).await.unwrap();
    }
    store.put(new_deliveries("other", "vikram", "itsm", 1_010)).await.unwrap();
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

pub async fn a_resend_has_the_same_key(store: Arc<dyn Store>) {
    let receiver = Played::new(|_, _, before| match before {
        0 => Attempt::Failed(Failed::of_receiver("down")),
        _ => Attempt::Arrived,
    });
    store.put(new_deliveries("e", "p", "itsm", 1_000)).await.unwrap();
    let courier = courier(destination("itsm"), &receiver, &store);
    drain(&courier, 1_000).await;
    drain(&courier, 10_000).await;
    let keys = receiver.keys();
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[0], keys[1]);
}

pub async fn what_is_refused_for_good_is_a_dead_letter_and_holds_nobody_up(store: Arc<dyn Store>) {
    let receiver = Played::new(|_, body, _| match body {
        "\"bad\"" => Attempt::Failed(Failed::for_good("status 400")),
        _ => Attempt::Arrived,
    });
    store.put(new_deliveries("bad", "p", "itsm", 1_000)).await.unwrap();
    store.put(new_deliveries("good", "p", "itsm", 1_001)).await.unwrap();
    let courier = courier(destination("itsm"), &receiver, &store);
    drain(&courier, 2_000).await;
    assert_eq!(receiver.bodies(), ["\"bad\"", "\"good\""]);
    let count = store.count().await.unwrap();
    assert_eq!((count.waiting, count.dead), (0, 1));
    let dead = store.find(Wanted { is_dead: Some(true), ..Wanted::default() }).await.unwrap();
    assert_eq!(dead[0].error.as_deref(), Some("status 400"));
}

pub async fn a_receiver_that_fails_again_and_again_is_left_alone_for_a_while(store: Arc<dyn Store>) {
    let receiver = Played::new(|_, _, _| Attempt::Failed(Failed::of_receiver("down")));
    for n in 0..40 {
        store.put(new_deliveries(&format!("e{n}"), &format!("p{n}"), "itsm", 1_000)).await.unwrap();
    }
    let courier = courier(Destination { at_once: 1, ..destination("itsm") }, &receiver, &store);
    assert_eq!(courier.breaker(), "closed");
    assert_eq!(drain(&courier, 2_000).await, 5);
    assert_eq!(courier.breaker(), "open");
    assert_eq!(courier.step(2_000).await, Ok(Step { sent: 0, again_ms: 3_000 }), "in a second it is looked again");
}

pub async fn no_more_are_sent_in_a_second_than_may_be(store: Arc<dyn Store>) {
    let receiver = Played::takes_all();
    for n in 0..100 {
        store.put(new_deliveries(&format!("e{n}"), &format!("p{n}"), "itsm", 1_000)).await.unwrap();
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

pub async fn what_one_courier_holds_no_other_takes_until_its_lease_ends(store: Arc<dyn Store>) {
    store.put(new_deliveries("e", "p", "itsm", 1_000)).await.unwrap();
    assert_eq!(store.claim(claim("one", 2_000)).await.unwrap().deliveries.len(), 1);
    assert_eq!(store.claim(claim("two", 6_999)).await.unwrap().deliveries.len(), 0);
    let taken = store.claim(claim("two", 7_000)).await.unwrap().deliveries;
    assert_eq!(taken.len(), 1);
    // The first comes back late: what it says counts no more.
    let done = |worker: &str| vec![Settled { id: taken[0].id, worker: worker.to_owned(), fate: Fate::Done }];
    store.settle(done("one")).await.unwrap();
    assert_eq!(store.count().await.unwrap().waiting, 1);
    store.settle(done("two")).await.unwrap();
    assert_eq!(store.count().await.unwrap().waiting, 0);
}

pub async fn an_operator_sends_again_and_drops(store: Arc<dyn Store>) {
    let receiver = Played::new(|_, _, before| match before {
        0 => Attempt::Failed(Failed::for_good("status 410")),
        _ => Attempt::Arrived,
    });
    for (event, ordering_key) in [("a", "asha"), ("b", "vikram"), ("c", "asha")] {
        store.put(new_deliveries(event, ordering_key, "itsm", 1_000)).await.unwrap();
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

pub async fn what_is_on_its_way_is_not_sent_twice_because_an_operator_is_impatient(store: Arc<dyn Store>) {
    store.put(new_deliveries("e", "p", "itsm", 1_000)).await.unwrap();
    let taken = store.claim(claim("one", 2_000)).await.unwrap().deliveries;
    assert_eq!(store.change(Wanted::default(), Change::Retry, 3_000).await.unwrap(), 1);
    assert_eq!(store.claim(claim("two", 3_000)).await.unwrap().deliveries.len(), 0, "the first courier holds it still");
    let done = Settled { id: taken[0].id, worker: "one".to_owned(), fate: Fate::Done };
    store.settle(vec![done]).await.unwrap();
    assert_eq!(store.count().await.unwrap().waiting, 0, "and what it says counts");
}

pub async fn the_same_event_twice_in_one_millisecond_without_a_window_is_one_parcel(store: Arc<dyn Store>) {
    let event = || NewDeliveries { window_ms: 0, ..new_deliveries("e", "p", "itsm", 1_000) };
    let other = new_deliveries("other", "p", "itsm", 1_000);
    let both = futures_util::future::join3(store.put(event()), store.put(event()), store.put(other)).await;
    assert!(both.0.is_ok() && both.1.is_ok() && both.2.is_ok(), "{both:?}");
    assert_eq!(store.count().await.unwrap().waiting, 2);
}

pub async fn whatever_a_lane_is_called_it_is_one_of_its_own(store: Arc<dyn Store>) {
    let long = "Zoë 李 ".repeat(2_000);
    let ordering_keys = ["", "a\0b", "'; drop table hookgate_parcels; --", &format!("{long}1"), &format!("{long}2")];
    for (n, ordering_key) in ordering_keys.iter().enumerate() {
        for part in ["first", "second"] {
            let event = new_deliveries(&format!("{part}-{n}"), ordering_key, "itsm", 1_000);
            assert!(store.put(event).await.unwrap(), "{n}");
        }
    }
    let claimed = store.claim(claim("one", 2_000)).await.unwrap().deliveries;
    let bodies: Vec<_> =
        claimed.iter().map(|delivery| String::from_utf8(delivery.body.bytes.clone()).unwrap()).collect();
    assert_eq!(bodies, (0..ordering_keys.len()).map(|n| format!("\"first-{n}\"")).collect::<Vec<_>>());
}

pub async fn what_is_given_back_waits_as_before_and_counts_no_attempt(store: Arc<dyn Store>) {
    store.put(new_deliveries("e", "p", "itsm", 1_000)).await.unwrap();
    let id = store.claim(claim("one", 2_000)).await.unwrap().deliveries[0].id;
    let fate = |worker: &str, fate: Fate| vec![Settled { id, worker: worker.to_owned(), fate }];
    store.settle(fate("two", Fate::Back)).await.unwrap();
    assert_eq!(store.claim(claim("two", 2_000)).await.unwrap().deliveries.len(), 0, "it is not two's to give back");
    store.settle(fate("one", Fate::Back)).await.unwrap();
    let again = store.claim(claim("two", 2_000)).await.unwrap().deliveries;
    assert_eq!((again.len(), again[0].attempts, again[0].id), (1, 0, id));
    let why = format!("what {} the receiver said", "\0".repeat(2_000));
    store.settle(fate("two", Fate::Again { at_ms: 9_000, why })).await.unwrap();
    let next = store.claim(claim("one", 8_999)).await.unwrap();
    assert_eq!((next.deliveries.len(), next.next_ms), (0, Some(9_000)));
    let third = store.claim(claim("one", 9_000)).await.unwrap().deliveries;
    assert_eq!((third.len(), third[0].attempts), (1, 1));
}

pub async fn what_a_courier_releases_is_free_at_once_and_what_others_hold_is_not(store: Arc<dyn Store>) {
    for ordering_key in ["asha", "vikram"] {
        store.put(new_deliveries(ordering_key, ordering_key, "itsm", 1_000)).await.unwrap();
    }
    let first = store.claim(Claim { limit: 1, ..claim("one", 2_000) }).await.unwrap().deliveries;
    let second = store.claim(claim("two", 2_000)).await.unwrap().deliveries;
    assert_eq!((&*first[0].ordering_key, &*second[0].ordering_key), ("asha", "vikram"));
    store.release(Some("one".to_owned())).await.unwrap();
    let third = store.claim(claim("three", 2_000)).await.unwrap().deliveries;
    assert_eq!(third.iter().map(|delivery| &*delivery.ordering_key).collect::<Vec<_>>(), ["asha"]);
}

pub async fn an_event_that_is_forgotten_is_stored_again(store: Arc<dyn Store>) {
    assert!(store.put(new_deliveries("old", "p", "itsm", 1_000)).await.unwrap());
    assert!(store.put(new_deliveries("new", "p", "itsm", 2_000)).await.unwrap());
    store.forget(2_000).await.unwrap();
    assert!(store.put(new_deliveries("old", "p", "itsm", 2_000)).await.unwrap());
    assert!(!store.put(new_deliveries("new", "p", "itsm", 2_001)).await.unwrap());
}

pub async fn much_that_waits_behind_one_that_failed_hides_no_other_lane(store: Arc<dyn Store>) {
    let many = (0..2_500).map(|n| store.put(new_deliveries(&format!("e{n}"), "stuck", "itsm", 1_000)));
    futures_util::future::join_all(many).await.into_iter().for_each(|stored| assert_eq!(stored, Ok(true)));
    for ordering_key in ["after", "yonder"] {
        store.put(new_deliveries(ordering_key, ordering_key, "itsm", 1_500)).await.unwrap();
    }
    let first = store.claim(Claim { limit: 1, ..claim("one", 1_400) }).await.unwrap().deliveries;
    assert_eq!(first[0].ordering_key, "stuck");
    let fate = Fate::Again { at_ms: 50_000, why: "down".to_owned() };
    store.settle(vec![Settled { id: first[0].id, worker: "one".to_owned(), fate }]).await.unwrap();
    // A shared store goes around the ordering keys, and may begin again with the first one at the second look only.
    let mut claimed = store.claim(claim("one", 2_000)).await.unwrap().deliveries;
    claimed.extend(store.claim(claim("one", 2_000)).await.unwrap().deliveries);
    let mut ordering_keys: Vec<&str> = claimed.iter().map(|delivery| &*delivery.ordering_key).collect();
    ordering_keys.sort_unstable();
    assert_eq!(ordering_keys, ["after", "yonder"], "of `stuck` the second waits for the first");
}

pub async fn all_parcels_of_an_event_are_stored_in_its_order_and_found_by_what_is_asked(store: Arc<dyn Store>) {
    let mut event = new_deliveries("e", "asha", "itsm", 1_000);
    for n in 0..20 {
        let body = Body { bytes: vec![n, 0, 255], is_sealed: n % 2 == 0 };
        event.deliveries.push(NewDelivery { to: format!("to{}", n % 2), ordering_key: "one".to_owned(), body });
    }
    store.put(event).await.unwrap();
    let found = async |wanted: Wanted| store.find(wanted).await.unwrap();
    let all = found(Wanted::default()).await;
    let keys: Vec<_> = all.iter().map(|row| row.delivery.key.clone()).collect();
    assert_eq!(keys, (0..21).map(|n| format!("e-3e8-{n}")).collect::<Vec<_>>());
    assert_eq!(all[20].delivery.body, Body { bytes: vec![19, 0, 255], is_sealed: false });
    let to = |to: &str| Wanted { to: Some(to.to_owned()), ..Wanted::default() };
    assert_eq!(found(to("to1")).await.len(), 10);
    assert_eq!(found(Wanted { limit: 3, ..to("to1") }).await.len(), 3);
    assert_eq!(found(Wanted { key: Some("e-3e8-7".to_owned()), ..Wanted::default() }).await[0].delivery.to, "to0");
    assert_eq!(found(Wanted { hook: Some("test".to_owned()), ..Wanted::default() }).await.len(), 0);
    assert_eq!(store.count().await.unwrap(), Count { waiting: 21, dead: 0, oldest_ms: Some(1_000) });
}

fn claim(worker: &str, now_ms: i64) -> Claim {
    Claim { to: "itsm".to_owned(), worker: worker.to_owned(), now_ms, lease_ms: 5_000, limit: 10, locked: Vec::new() }
}
