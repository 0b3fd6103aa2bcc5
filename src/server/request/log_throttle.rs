//! Limits the log of refusals: the first of a kind is a full line, and those like it are a number, once a minute.
//!
//! So a caller that is refused a thousand times a second causes two lines a minute.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::server::connection::network;

/// How long those that follow are counted.
const WINDOW: Duration = Duration::from_mins(1);
/// The same of "save & test": who presses it wants to read what came of it, and presses again.
const PROBE_WINDOW: Duration = Duration::from_secs(5);
/// Most kinds that are known at once; further addresses are one.
const KINDS_MOST: usize = 1024;

/// Refusals that are like each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Alike {
    /// Where the calls come from; none where that is not known, or for all that found no place of their own.
    pub address: Option<IpAddr>,
    pub code: &'static str,
    /// Finer than the code, where there is a finer one.
    pub reason: &'static str,
    /// Of "save & test": what was said of it, as a fingerprint. Whoever sets `auth` up reads each new sentence.
    pub probe: Option<u64>,
}

/// How many followed the one that was told.
#[derive(Debug)]
struct Following {
    since: Instant,
    count: u64,
}

/// What the log knows of refusals.
#[derive(Debug, Default)]
pub struct LogThrottle(Mutex<HashMap<Alike, Following>>);

impl Alike {
    fn window(&self) -> Duration {
        if self.probe.is_some() { PROBE_WINDOW } else { WINDOW }
    }
}

impl LogThrottle {
    /// Whether this one is to be told; else it is counted.
    pub fn is_news(&self, alike: Alike, now: Instant) -> bool {
        let mut alike = Alike { address: alike.address.map(network), ..alike };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KINDS_MOST && !known.contains_key(&alike) {
            alike = Alike { address: None, probe: None, ..alike };
        }
        match known.get_mut(&alike) {
            Some(following) if following.count > 0 || now < following.since + alike.window() => {
                following.count += 1;
                false
            }
            Some(_) | None => {
                known.insert(alike, Following { since: now, count: 0 });
                true
            }
        }
    }

    /// Those whose time is over, with how many followed; what nobody repeated is forgotten.
    pub fn due(&self, now: Instant) -> Vec<(Alike, u64)> {
        let mut due = Vec::new();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|alike, following| {
            let is_over = now >= following.since + alike.window();
            if is_over && following.count > 0 {
                due.push((*alike, std::mem::take(&mut following.count)));
                following.since = now;
                return true;
            }
            !is_over
        });
        due
    }

    /// All that was not told yet.
    pub fn rest(&self) -> Vec<(Alike, u64)> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.drain().map(|(alike, following)| (alike, following.count)).filter(|(_, count)| *count > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(address: &str, reason: &'static str) -> Alike {
        Alike { address: Some(address.parse().unwrap()), code: "Unauthorized", reason, probe: None }
    }

    #[test]
    fn the_first_is_told_and_those_that_follow_are_a_number_a_minute() {
        let (told, start) = (LogThrottle::default(), Instant::now());
        let (one, other) = (alike("192.0.2.1", "token_expired"), alike("192.0.2.1", "token_signature"));
        assert!(told.is_news(one, start) && told.is_news(other, start) && told.is_news(alike("192.0.2.2", "x"), start));
        assert!((0..100).all(|_| !told.is_news(one, start + Duration::from_secs(59))));
        assert_eq!(told.due(start + Duration::from_secs(59)), []);
        assert_eq!(told.due(start + WINDOW), [(one, 100)]);
        // It goes on, and is a number again.
        assert!(!told.is_news(one, start + WINDOW));
        assert_eq!(told.due(start + WINDOW * 2), [(one, 1)]);
        assert_eq!(told.due(start + WINDOW * 3), []);
        assert!(told.0.lock().unwrap().is_empty());
        assert!(told.is_news(one, start + WINDOW * 3));
    }

    #[test]
    fn what_follows_late_is_told_again_and_a_stop_leaves_nothing_untold() {
        let (told, start) = (LogThrottle::default(), Instant::now());
        let one = alike("2001:db8::1", "token_expired");
        assert!(told.is_news(one, start) && told.is_news(one, start + WINDOW));
        assert!(!told.is_news(alike("2001:db8::2", "token_expired"), start + WINDOW), "one network is one caller");
        assert_eq!(told.rest().iter().map(|(_, count)| count).sum::<u64>(), 1);
        let probe = Alike { probe: Some(1), ..one };
        assert!(told.is_news(probe, start) && told.is_news(probe, start + PROBE_WINDOW));
        assert!(!told.is_news(probe, start + PROBE_WINDOW));
        assert!(told.is_news(Alike { probe: Some(2), ..probe }, start + PROBE_WINDOW), "it says something else");
    }

    #[test]
    fn many_addresses_are_one_and_take_no_more_room() {
        let (told, start) = (LogThrottle::default(), Instant::now());
        let from =
            |number: u32| Alike { address: Some(std::net::Ipv4Addr::from_bits(number).into()), ..alike("::", "x") };
        let news = (0..10_000).filter(|number| told.is_news(from(*number), start)).count();
        assert_eq!(news, KINDS_MOST + 1);
        let rest: u64 = told.rest().iter().map(|(_, count)| count).sum();
        assert_eq!(rest, 10_000 - KINDS_MOST as u64 - 1);
    }
}
