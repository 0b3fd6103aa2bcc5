//! Counts wrong logins by address and by name, and says when there were too many.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::clock::Clock;
use super::random::{self, Hash};
use crate::server::connection::network;

/// Wrong logins that one address, or one name, has within the time.
const WRONG_LIMIT: u32 = 10;
const WITHIN: Duration = Duration::from_mins(5);
/// Most addresses and names that are remembered; where there are more, those from longest ago are forgotten.
const REMEMBERED: usize = 10_000;

/// Too many wrong logins: none is looked at for a while.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Limited;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Of {
    Address(IpAddr),
    /// Hashed: who mistypes writes a password where the name belongs.
    Name(Hash),
}

#[derive(Clone, Copy, Debug)]
struct Wrong {
    count: u32,
    since: Duration,
}

/// The newest wrong logins.
#[derive(Debug)]
pub(super) struct Attempts {
    clock: Clock,
    wrong: Mutex<HashMap<Of, Wrong>>,
}

impl Attempts {
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock, wrong: Mutex::default() }
    }

    /// Counts a login as wrong, as long as nothing else is known of it: many at once are counted before the first of them is
    /// looked at.
    pub(super) fn begin(&self, address: Option<IpAddr>, name: &str) -> Result<(), Limited> {
        let now = self.clock.now();
        let mut wrong = self.wrong();
        let of = of(address, name);
        let is_over = |of: &Of| wrong.get(of).is_some_and(|wrong| wrong.is_fresh(now) && wrong.count >= WRONG_LIMIT);
        if of.iter().flatten().any(is_over) {
            return Err(Limited);
        }
        if wrong.len() + 2 > REMEMBERED {
            wrong.retain(|_, wrong| wrong.is_fresh(now));
        }
        if wrong.len() + 2 > REMEMBERED {
            forget_half(&mut wrong);
        }
        for of in of.into_iter().flatten() {
            let seen = wrong.entry(of).or_insert(Wrong { count: 0, since: now });
            if !seen.is_fresh(now) {
                *seen = Wrong { count: 0, since: now };
            }
            seen.count += 1;
        }
        Ok(())
    }

    /// The login was right. Those that were wrong before it still count: else who has one password could try another's for ever.
    pub(super) fn was_right(&self, address: Option<IpAddr>, name: &str) {
        let mut wrong = self.wrong();
        for of in of(address, name).into_iter().flatten() {
            if let Some(wrong) = wrong.get_mut(&of) {
                wrong.count = wrong.count.saturating_sub(1);
            }
        }
    }

    fn wrong(&self) -> MutexGuard<'_, HashMap<Of, Wrong>> {
        self.wrong.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wrong {
    fn is_fresh(&self, now: Duration) -> bool {
        now.saturating_sub(self.since) < WITHIN
    }
}

fn of(address: Option<IpAddr>, name: &str) -> [Option<Of>; 2] {
    [address.map(|address| Of::Address(network(address))), Some(Of::Name(random::hash(name)))]
}

fn forget_half(wrong: &mut HashMap<Of, Wrong>) {
    let mut since: Vec<Duration> = wrong.values().map(|wrong| wrong.since).collect();
    since.sort_unstable();
    let middle = since.get(since.len() / 2).copied().unwrap_or_default();
    wrong.retain(|_, wrong| wrong.since > middle);
}

#[cfg(test)]
mod tests {
    use super::super::clock::by_hand::Hand;
    use super::*;

    fn address(last: u8) -> Option<IpAddr> {
        Some(IpAddr::from([192, 0, 2, last]))
    }

    #[test]
    fn ten_wrong_ones_of_an_address_or_of_a_name_are_enough_for_five_minutes() {
        let hand = Hand::default();
        let attempts = Attempts::new(hand.clock());
        for number in 0..10 {
            assert_eq!(attempts.begin(address(1), &format!("name-{number}")), Ok(()));
        }
        assert_eq!(attempts.begin(address(1), "another"), Err(Limited), "of the address");
        for number in 0..10 {
            assert_eq!(attempts.begin(address(10 + number), "asha"), Ok(()));
        }
        assert_eq!(attempts.begin(address(100), "asha"), Err(Limited), "of the name");
        assert_eq!(attempts.begin(address(100), "ravi"), Ok(()));
        hand.pass(299);
        assert_eq!(attempts.begin(address(1), "asha"), Err(Limited));
        hand.pass(1);
        assert_eq!(attempts.begin(address(1), "asha"), Ok(()));
    }

    #[test]
    fn right_ones_do_not_count_and_do_not_pay_for_wrong_ones() {
        let attempts = Attempts::new(Hand::default().clock());
        for _ in 0..50 {
            attempts.begin(address(1), "asha").unwrap();
            attempts.was_right(address(1), "asha");
        }
        for _ in 0..10 {
            attempts.begin(address(1), "ravi").unwrap();
        }
        attempts.was_right(address(1), "asha");
        assert_eq!(attempts.begin(address(2), "ravi"), Err(Limited));
    }

    #[test]
    fn one_network_of_version_six_is_one_address_and_memory_is_bounded() {
        let attempts = Attempts::new(Hand::default().clock());
        for number in 0..10_u8 {
            let address: IpAddr = format!("2001:db8::{number}").parse().unwrap();
            attempts.begin(Some(address), &number.to_string()).unwrap();
        }
        assert_eq!(attempts.begin("2001:db8::ffff".parse().ok(), "x"), Err(Limited));
        for number in 0..3 * REMEMBERED {
            let _ = attempts.begin(None, &format!("flood-{number}"));
        }
        assert!(attempts.wrong().len() <= REMEMBERED);
    }
}
