//! Limits the calls a second of one address, with a burst; remembers a limited number of addresses.
//!
//! For each address one number is kept: when all its calls so far would be paid for at the allowed rate (the generic
//! cell rate algorithm). The libraries for this keep every key until they are asked to sweep all of them. Here two
//! maps take turns, and the one that was not used longest is dropped as a whole.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::server::connection::network;
use crate::server::settings::PerCaller;

/// What each address has called so far.
#[derive(Debug)]
pub struct RateLimit {
    interval: Duration,
    burst: Duration,
    half: usize,
    epoch: Instant,
    seen: Mutex<Seen>,
}

/// When an address's calls are paid for, as time since the epoch.
#[derive(Debug, Default)]
struct Seen {
    newer: HashMap<IpAddr, Duration>,
    older: HashMap<IpAddr, Duration>,
}

impl RateLimit {
    pub fn new(limit: &PerCaller, now: Instant) -> Self {
        let interval = Duration::from_secs(1) / limit.per_second.max(1);
        Self {
            interval,
            burst: interval * limit.burst.max(1),
            half: (limit.callers / 2).max(1),
            epoch: now,
            seen: Mutex::default(),
        }
    }

    /// Lets a call in, or says after how long one would be let in.
    pub fn admit(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let (address, now) = (network(address), now.saturating_duration_since(self.epoch));
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let paid = seen.newer.get(&address).or_else(|| seen.older.get(&address)).copied().unwrap_or_default();
        let next = paid.max(now) + self.interval;
        if next > now + self.burst {
            return Err(next.saturating_sub(now + self.burst));
        }
        if seen.newer.len() >= self.half && !seen.newer.contains_key(&address) {
            seen.older = std::mem::take(&mut seen.newer);
        }
        seen.newer.insert(address, next);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn callers(per_second: u32, burst: u32, callers: usize) -> (RateLimit, Instant) {
        let now = Instant::now();
        (RateLimit::new(&PerCaller { per_second, burst, callers }, now), now)
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn lets_a_burst_in_and_then_the_rate() {
        let (callers, start) = callers(10, 5, 100);
        let one = address("192.0.2.1");
        assert!((0..5).all(|_| callers.admit(one, start).is_ok()));
        assert_eq!(callers.admit(one, start), Err(Duration::from_millis(100)));
        assert!(callers.admit(address("192.0.2.2"), start).is_ok(), "another caller");
        let mut admitted = 0;
        for ms in 1..=1000 {
            admitted += usize::from(callers.admit(one, start + Duration::from_millis(ms)).is_ok());
        }
        assert_eq!(admitted, 10);
        let later = start + Duration::from_hours(1);
        assert_eq!((0..100).filter(|_| callers.admit(one, later).is_ok()).count(), 5);
    }

    #[test]
    fn an_ipv6_network_is_one_caller_and_a_mapped_address_is_the_one_it_maps() {
        let (callers, now) = callers(1, 1, 100);
        assert!(callers.admit(address("2001:db8:0:1::1"), now).is_ok());
        assert!(callers.admit(address("2001:db8:0:1:ffff::2"), now).is_err());
        assert!(callers.admit(address("2001:db8:0:2::1"), now).is_ok());
        assert!(callers.admit(address("192.0.2.1"), now).is_ok());
        assert!(callers.admit(address("::ffff:192.0.2.1"), now).is_err());
    }

    #[test]
    fn a_million_addresses_take_the_memory_of_the_limit_and_who_calls_on_is_not_forgotten() {
        let (callers, now) = callers(1, 3, 1000);
        let steady = address("192.0.2.1");
        let mut let_in = 0;
        for number in 0..1_000_000_u32 {
            callers.admit(IpAddr::from(number.wrapping_add(1 << 28).to_be_bytes()), now).unwrap();
            if number % 100 == 0 {
                let_in += usize::from(callers.admit(steady, now).is_ok());
            }
        }
        let seen = callers.seen.lock().unwrap();
        assert!(seen.newer.len() + seen.older.len() <= 1000);
        assert!(seen.newer.capacity() + seen.older.capacity() <= 4000);
        // What is refused is not written down anew, so that one who only ever is refused is let in again after a while.
        assert!(let_in < 1_000_000 / 100, "{let_in}");
    }
}
