//! The logins that are on their way through a provider: ten minutes, each for one browser, each once.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::super::clock::Clock;
use super::super::random::{self, Hash, NoRandom};

/// How long somebody may take at the provider.
const LASTS: Duration = Duration::from_mins(10);
/// Most that are on their way, in all and of one address; the oldest of them makes room.
const LIMIT: usize = 1000;
const ADDRESS_LIMIT: usize = 50;

/// What the provider is sent, and what must come back.
#[derive(Debug)]
pub(super) struct Begun {
    pub(super) state: String,
    pub(super) nonce: String,
    /// The proof that who asks for the token is who began (RFC 7636).
    pub(super) verifier: String,
    /// The cookie of the browser.
    pub(super) browser: String,
}

/// What is kept of it.
#[derive(Debug)]
struct Kept {
    nonce: String,
    verifier: String,
    browser: Hash,
    address: Option<IpAddr>,
    began: Duration,
}

/// All of them, each by the hash of its state.
#[derive(Debug)]
pub(super) struct Pending {
    clock: Clock,
    kept: Mutex<HashMap<Hash, Kept>>,
}

impl Pending {
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock, kept: Mutex::default() }
    }

    pub(super) fn begin(&self, address: Option<IpAddr>) -> Result<Begun, NoRandom> {
        let begun = Begun {
            state: random::text()?,
            nonce: random::text()?,
            verifier: random::text()?,
            browser: random::text()?,
        };
        let now = self.clock.now();
        let mut kept = self.kept();
        kept.retain(|_, one| now.saturating_sub(one.began) < LASTS);
        if kept.values().filter(|one| one.address == address).count() >= ADDRESS_LIMIT {
            forget_oldest(&mut kept, |one| one.address == address);
        }
        if kept.len() >= LIMIT {
            forget_oldest(&mut kept, |_| true);
        }
        let (nonce, verifier) = (begun.nonce.clone(), begun.verifier.clone());
        let one = Kept { nonce, verifier, browser: random::hash(&begun.browser), address, began: now };
        kept.insert(random::hash(&begun.state), one);
        Ok(begun)
    }

    /// Nonce and verifier of the login with this state, if this browser began it; nobody gets them again.
    pub(super) fn take(&self, state: &str, browser: &str) -> Option<(String, String)> {
        let now = self.clock.now();
        let mut kept = self.kept();
        let hash = random::hash(state);
        // Another browser's try leaves it to the one that began.
        kept.get(&hash).filter(|one| random::has_hash(browser, &one.browser))?;
        let one = kept.remove(&hash)?;
        (now.saturating_sub(one.began) < LASTS).then_some((one.nonce, one.verifier))
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<Hash, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn forget_oldest(kept: &mut HashMap<Hash, Kept>, is_meant: impl Fn(&Kept) -> bool) {
    let meant = kept.iter().filter(|(_, one)| is_meant(one));
    if let Some(hash) = meant.min_by_key(|(_, one)| one.began).map(|(hash, _)| *hash) {
        kept.remove(&hash);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::clock::by_hand::Hand;
    use super::*;

    #[test]
    fn a_login_comes_back_once_in_time_and_to_the_browser_that_began_it() {
        let hand = Hand::default();
        let pending = Pending::new(hand.clock());
        let (one, other) = (pending.begin(None).unwrap(), pending.begin(None).unwrap());
        assert!(pending.take(&one.state, &other.browser).is_none() && pending.take(&one.state, "").is_none());
        assert!(pending.take("", &one.browser).is_none());
        assert_eq!(pending.take(&one.state, &one.browser), Some((one.nonce, one.verifier)));
        assert!(pending.take(&one.state, &one.browser).is_none(), "a second time");
        hand.pass(600);
        assert!(pending.take(&other.state, &other.browser).is_none(), "too late");
    }

    #[test]
    fn a_flood_from_one_address_takes_no_room_of_others() {
        let hand = Hand::default();
        let pending = Pending::new(hand.clock());
        let address = |last: u8| Some(IpAddr::from([192, 0, 2, last]));
        let mine = pending.begin(address(1)).unwrap();
        hand.pass(1);
        for _ in 0..2 * LIMIT {
            pending.begin(address(2)).unwrap();
        }
        assert_eq!(pending.kept().len(), ADDRESS_LIMIT + 1);
        assert!(pending.take(&mine.state, &mine.browser).is_some());
        for number in 0..2 * LIMIT {
            pending.begin(address(u8::try_from(number % 200).unwrap())).unwrap();
        }
        assert!(pending.kept().len() <= LIMIT);
    }
}
