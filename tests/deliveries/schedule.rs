//! When a delivery is sent again: always later, never for ever.

use std::time::Duration;

use hookgate::outbox::{Attempt, Failed, Fate, Schedule, next};
use proptest::prelude::*;

fn schedule() -> impl Strategy<Value = Schedule> {
    (1_u64..100_000, 100_u32..1_000, 1_u64..1_000_000, 1_u64..10_000_000).prop_map(|(first, factor, more, age)| {
        Schedule {
            first: Duration::from_millis(first),
            factor_percent: factor,
            most: Duration::from_millis(first + more),
            age: Duration::from_millis(age),
        }
    })
}

fn failed(retry_after: Option<u64>) -> Attempt {
    let retry_after = retry_after.map(Duration::from_secs);
    Attempt::Failed(Failed { retry_after, ..Failed::of_receiver("down") })
}

proptest! {
    #![proptest_config(crate::properties::tries(300))]

    #[test]
    fn every_schedule_ends_within_the_age_and_waits_between(
        schedule in schedule(),
        key in "[a-z]{1,8}",
        retry_after in prop::collection::vec(prop::option::of(0_u64..100_000), 1..10),
    ) {
        let mut now_ms = 1_000_000;
        let created_ms = now_ms;
        for attempts in 0_u32.. {
            // The shortest wait is half the first: so many attempts fit into the age, and no more.
            let most = 2 * schedule.age.as_millis() / schedule.first.as_millis().max(1) + 3;
            prop_assert!(u128::from(attempts) <= most, "{attempts} attempts");
            let after = retry_after[attempts as usize % retry_after.len()];
            match next(&schedule, &key, attempts, created_ms, failed(after), now_ms) {
                Fate::Again { at_ms, .. } => {
                    let wait = u128::try_from(at_ms - now_ms).unwrap();
                    prop_assert!(wait + 1 >= schedule.first.as_millis() / 2, "waits {wait} ms");
                    prop_assert!(wait <= schedule.most.as_millis(), "waits {wait} ms");
                    prop_assert!(u128::try_from(at_ms - created_ms).unwrap() <= schedule.age.as_millis());
                    now_ms = at_ms;
                }
                Fate::Dead { .. } => return Ok(()),
                other => prop_assert!(false, "{other:?}"),
            }
        }
    }
}

#[test]
fn what_arrived_is_done_and_what_is_refused_for_good_is_dead_at_once() {
    let schedule = Schedule::default();
    assert_eq!(next(&schedule, "k", 7, 0, Attempt::Arrived, 1), Fate::Done);
    let refused = Attempt::Failed(Failed::for_good("400"));
    assert_eq!(next(&schedule, "k", 0, 0, refused, 1), Fate::Dead { why: "400".to_owned() });
}

#[test]
fn the_receivers_own_word_counts_up_to_the_longest_wait() {
    let schedule = Schedule::default();
    let at = |retry_after| match next(&schedule, "k", 0, 0, failed(Some(retry_after)), 0) {
        Fate::Again { at_ms, .. } => at_ms,
        other => panic!("{other:?}"),
    };
    assert_eq!(at(120), 120_000);
    assert_eq!(at(100_000), 600_000);
}

#[test]
fn what_failed_together_is_not_sent_again_together() {
    let schedule = Schedule::default();
    let at = |key: &str| match next(&schedule, key, 3, 0, failed(None), 0) {
        Fate::Again { at_ms, .. } => at_ms,
        other => panic!("{other:?}"),
    };
    let times: std::collections::BTreeSet<i64> = (0..100).map(|n| at(&format!("key-{n}"))).collect();
    assert!(times.len() > 80, "{} times of 100", times.len());
    assert!(times.iter().all(|at| (4_000..=8_000).contains(at)), "{times:?}");
}
