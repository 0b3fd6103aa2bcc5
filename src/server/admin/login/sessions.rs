//! The sessions of the console: in memory alone, so that a restart ends all of them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::clock::Clock;
use super::random::{self, Hash, NoRandom};
use super::rights::Rights;

/// Most sessions at once; a further one ends the one that was not used longest.
const SESSION_LIMIT: usize = 1000;

/// One login of one browser.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) name: String,
    pub(super) rights: Rights,
    csrf: String,
    began: Duration,
    seen_ms: AtomicU64,
    is_ended: AtomicBool,
    /// Event streams that it has open.
    pub(super) streams: Arc<AtomicUsize>,
    limits: Limits,
    clock: Clock,
}

/// How long a session lasts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) whole: Duration,
    /// Without a request.
    pub(super) idle: Duration,
}

impl Session {
    /// What forms of its pages carry, which no other site knows.
    pub(super) fn csrf(&self) -> &str {
        &self.csrf
    }

    pub(super) fn is_live(&self) -> bool {
        let now = self.clock.now();
        let is_within = now.saturating_sub(self.began) < self.limits.whole;
        !self.is_ended.load(Ordering::Relaxed) && is_within && now.saturating_sub(self.seen()) < self.limits.idle
    }

    fn seen(&self) -> Duration {
        Duration::from_millis(self.seen_ms.load(Ordering::Relaxed))
    }

    fn touch(&self) {
        self.seen_ms.store(millis(self.clock.now()), Ordering::Relaxed);
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// All of them, each by the hash of its id.
#[derive(Debug)]
pub(super) struct Sessions {
    limits: Limits,
    clock: Clock,
    all: Mutex<HashMap<Hash, Arc<Session>>>,
}

impl Sessions {
    pub(super) fn new(limits: Limits, clock: Clock) -> Self {
        Self { limits, clock, all: Mutex::default() }
    }

    /// Begins one; its id, which is kept nowhere.
    pub(super) fn begin(&self, name: String, rights: Rights) -> Result<String, NoRandom> {
        let (id, csrf, began) = (random::text()?, random::text()?, self.clock.now());
        let (seen_ms, is_ended) = (AtomicU64::new(millis(began)), AtomicBool::new(false));
        let (limits, clock) = (self.limits, self.clock.clone());
        let streams = Arc::default();
        let session = Session { name, rights, csrf, began, seen_ms, is_ended, streams, limits, clock };
        let mut all = self.all();
        all.retain(|_, session| session.is_live());
        while all.len() >= SESSION_LIMIT {
            let Some(oldest) = all.iter().min_by_key(|(_, session)| session.seen()).map(|(hash, _)| *hash) else {
                break;
            };
            end(all.remove(&oldest));
        }
        all.insert(random::hash(&id), Arc::new(session));
        Ok(id)
    }

    /// The session of this id, which is used now.
    pub(super) fn find(&self, id: &str) -> Option<Arc<Session>> {
        let hash = random::hash(id);
        let mut all = self.all();
        let session = Arc::clone(all.get(&hash)?);
        if !session.is_live() {
            end(all.remove(&hash));
            return None;
        }
        session.touch();
        Some(session)
    }

    /// Ends it, for everybody who holds it.
    pub(super) fn end(&self, id: &str) -> Option<Arc<Session>> {
        end(self.all().remove(&random::hash(id)))
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Hash, Arc<Session>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn end(session: Option<Arc<Session>>) -> Option<Arc<Session>> {
    session.inspect(|session| session.is_ended.store(true, Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::super::clock::by_hand::Hand;
    use super::*;

    fn sessions(hand: &Hand) -> Sessions {
        let limits = Limits { whole: Duration::from_secs(1000), idle: Duration::from_secs(100) };
        Sessions::new(limits, hand.clock())
    }

    #[test]
    fn a_session_ends_by_idleness_by_age_and_by_logout_and_who_holds_it_sees_so() {
        let hand = Hand::default();
        let sessions = sessions(&hand);
        let begin = || sessions.begin("asha".to_owned(), Rights::ALL).unwrap();
        let idle = begin();
        let held = sessions.find(&idle).unwrap();
        hand.pass(99);
        assert!(held.is_live() && sessions.find(&idle).is_some());
        hand.pass(100);
        assert!(!held.is_live() && sessions.find(&idle).is_none());

        let used = begin();
        let held = sessions.find(&used).unwrap();
        for _ in 0..19 {
            hand.pass(50);
            assert!(sessions.find(&used).is_some());
        }
        hand.pass(49);
        assert!(sessions.find(&used).is_some());
        hand.pass(1);
        assert!(!held.is_live() && sessions.find(&used).is_none(), "use does not make it last longer than it may");

        let left = begin();
        let held = sessions.find(&left).unwrap();
        assert!(sessions.end(&left).is_some() && !held.is_live() && sessions.find(&left).is_none());
        assert!(sessions.end(&left).is_none());
    }

    #[test]
    fn ids_are_kept_as_hashes_and_the_longest_unused_makes_room() {
        let hand = Hand::default();
        let sessions = sessions(&hand);
        let ids: Vec<String> = (0..SESSION_LIMIT)
            .map(|number| {
                if number == 1 {
                    hand.pass(1);
                }
                sessions.begin(format!("user-{number}"), Rights::ALL).unwrap()
            })
            .collect();
        assert!(!format!("{sessions:?}").contains(&ids[0]));
        let (first, last) = (sessions.all().get(&random::hash(&ids[0])).cloned().unwrap(), &ids[SESSION_LIMIT - 1]);
        sessions.begin("one more".to_owned(), Rights::ALL).unwrap();
        assert!(!first.is_live() && sessions.find(&ids[0]).is_none() && sessions.find(last).is_some());
        assert_eq!(sessions.all().len(), SESSION_LIMIT);
    }
}
