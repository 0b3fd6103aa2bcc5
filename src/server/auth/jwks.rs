//! Fetches the public keys of an issuer (RFC 7517) in the background, and keeps them while the issuer is away.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jsonwebtoken::jwk::Jwk;
use serde::Deserialize;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::time::{sleep, timeout};

use super::key::Key;
use super::settings::JwksSettings;
use super::trouble::Trouble;
use crate::outside::{AddressGuard, Client, Tls};

/// Shortest time between two fetches, however many callers name a key that is not known.
const PAUSE: Duration = Duration::from_secs(10);
/// How long one fetch may take.
const FETCH_LIMIT: Duration = Duration::from_secs(3);
/// Most keys that are kept: a token without a key's name is tried with each.
const KEY_LIMIT: usize = 32;
/// Most calls that wait for a fetch at once; more are answered without.
const WAITING_LIMIT: usize = 16;

/// The setting that names the keys of callers.
const OF_CALLERS: &str = "auth.jwt.jwks";

/// The keys of one issuer.
pub(in crate::server) struct Jwks {
    /// The setting that names the issuer, for the log.
    of: &'static str,
    settings: JwksSettings,
    client: Client,
    kept: watch::Sender<Kept>,
    asked: Notify,
    places: Semaphore,
}

/// What is known, and since when.
#[derive(Debug, Default)]
struct Kept {
    keys: Arc<Vec<Key>>,
    fetched: Option<Instant>,
    tried: Option<Instant>,
    tries: u64,
}

impl Jwks {
    pub(super) fn open(settings: &JwksSettings) -> Result<Self, Trouble> {
        Self::open_for(OF_CALLERS, settings)
    }

    /// The same for keys that the setting `of` leads to.
    pub(in crate::server) fn open_for(of: &'static str, settings: &JwksSettings) -> Result<Self, Trouble> {
        let tls = Tls { ca: settings.ca.clone(), ..Tls::default() };
        // Fetches are minutes apart: the issuer may have closed a connection that was kept when it is used again.
        let client = Client::open_unkept(&settings.address, &AddressGuard::new(settings.allow.clone()), &tls).map_err(
            |why| {
                let help =
                    why.help.unwrap_or("write the address from which the issuer publishes its keys: `https://…`");
                Trouble::new(format!("the keys of `{of}` cannot be fetched: {}", why.message), help)
            },
        )?;
        let (settings, kept) = (settings.clone(), watch::Sender::new(Kept::default()));
        Ok(Self { of, settings, client, kept, asked: Notify::new(), places: Semaphore::new(WAITING_LIMIT) })
    }

    /// The keys, unless there are none yet or they are too old to be believed.
    pub(super) fn keys(&self) -> Option<Arc<Vec<Key>>> {
        let kept = self.kept.borrow();
        let is_believed = |fetched: Instant| fetched.elapsed() <= self.settings.stale.max(self.settings.refresh);
        kept.fetched.is_some_and(is_believed).then(|| Arc::clone(&kept.keys))
    }

    /// Has the keys fetched again for a call that needs another, and waits for it; at once if it was just done.
    pub(in crate::server) async fn ask(&self) {
        let Ok(_place) = self.places.try_acquire() else { return };
        let mut kept = self.kept.subscribe();
        let (tries, tried) = {
            let now = kept.borrow();
            (now.tries, now.tried)
        };
        if tried.is_some_and(|tried| tried.elapsed() < self.pause()) {
            return;
        }
        self.asked.notify_one();
        // In vain if the issuer does not answer in time: then the call is judged by what is there.
        let _ = timeout(FETCH_LIMIT, kept.wait_for(|kept| kept.tries > tries)).await;
    }

    /// Fetches now, then regularly and when asked; ends never.
    pub(in crate::server) async fn keep(&self) {
        loop {
            let is_fetched = self.fetch().await;
            sleep(self.pause()).await;
            let _ = timeout(self.rest(is_fetched), self.asked.notified()).await;
        }
    }

    /// How long after the pause nothing is fetched unasked: what could not be fetched is tried again at once.
    fn rest(&self, is_fetched: bool) -> Duration {
        if is_fetched { self.settings.refresh.saturating_sub(self.pause()) } else { Duration::ZERO }
    }

    fn pause(&self) -> Duration {
        PAUSE.min(self.settings.refresh)
    }

    async fn fetch(&self) -> bool {
        let found = self.published().await;
        if let Err(cause) = &found {
            let again_in_ms = u64::try_from(self.pause().as_millis()).unwrap_or(u64::MAX);
            tracing::warn!(cause, again_in_ms, "the keys of {} cannot be fetched", self.of);
        }
        let is_fetched = found.is_ok();
        self.kept.send_modify(|kept| {
            let now = Instant::now();
            if let Ok((keys, _)) = found {
                tracing::debug!(keys = keys.len(), "the keys of {} are fetched", self.of);
                (kept.keys, kept.fetched) = (Arc::new(keys), Some(now));
            }
            (kept.tried, kept.tries) = (Some(now), kept.tries + 1);
        });
        is_fetched
    }

    /// The keys that can be used here, and how many are published.
    async fn published(&self) -> Result<(Vec<Key>, usize), String> {
        let answer = timeout(FETCH_LIMIT, self.client.fetch()).await;
        let body = answer.map_err(|_| "no answer in time".to_owned())?.map_err(|why| why.message)?;
        let (keys, count) = keys_in(&body).ok_or("the answer is not a set of keys")?;
        if keys.is_empty() { Err("the answer has no key that is known here".to_owned()) } else { Ok((keys, count)) }
    }
}

/// Fetches the keys of an issuer once, as the gate does, and says in words what was found.
///
/// # Errors
/// When there are none that can be used.
pub async fn probe_jwks(settings: &JwksSettings) -> Result<String, Trouble> {
    let (keys, count) = Jwks::open(settings)?.published().await.map_err(|why| {
        let help = "see that this machine reaches the issuer, and that `address` is where it publishes its keys \
                    (`jwks_uri` of its metadata)";
        Trouble::new(why, help)
    })?;
    Ok(in_words(&settings.address, keys.len(), count))
}

/// How many of the keys at an address can be used, in words.
fn in_words(address: &str, usable: usize, count: usize) -> String {
    let unencrypted = if address.starts_with("http://") { ", fetched without encryption" } else { "" };
    format!("{usable} of {count} published keys can be used{unencrypted}")
}

#[derive(Deserialize)]
struct Published {
    keys: Vec<serde_json::Value>,
}

/// The keys of a set that can be used here, others in it are left alone; and how many there are in all.
fn keys_in(body: &[u8]) -> Option<(Vec<Key>, usize)> {
    let set: Published = serde_json::from_slice(body).ok()?;
    let count = set.keys.len();
    let key = |written| serde_json::from_value::<Jwk>(written).ok().as_ref().and_then(Key::of_jwk);
    Some((set.keys.into_iter().filter_map(key).take(KEY_LIMIT).collect(), count))
}

impl std::fmt::Debug for Jwks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Jwks").field("settings", &self.settings).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::FutureExt as _;

    use super::*;

    /// Keys that nobody fetches, with these times in seconds.
    fn jwks(refresh_s: u64, stale_s: u64) -> Jwks {
        let settings = JwksSettings {
            address: "http://127.0.0.1:1/".to_owned(),
            allow: vec!["127.0.0.1/32".parse().unwrap()],
            ca: None,
            refresh: Duration::from_secs(refresh_s),
            stale: Duration::from_secs(stale_s),
        };
        Jwks::open(&settings).unwrap()
    }

    fn ago(seconds: u64) -> Option<Instant> {
        Some(Instant::now().checked_sub(Duration::from_secs(seconds)).unwrap())
    }

    #[test]
    fn keys_are_believed_as_long_as_is_said_and_until_they_are_fetched_again() {
        for (refresh_s, stale_s, fetched, is_believed) in [
            (10, 60, None, false),
            (10, 60, ago(0), true),
            (10, 60, ago(50), true),
            (10, 60, ago(70), false),
            (60, 0, ago(50), true),
            (60, 0, ago(70), false),
        ] {
            let jwks = jwks(refresh_s, stale_s);
            jwks.kept.send_modify(|kept| kept.fetched = fetched);
            assert_eq!(jwks.keys().is_some(), is_believed, "{refresh_s} {stale_s} {fetched:?}");
        }
    }

    #[test]
    fn keys_are_fetched_as_often_as_is_said_and_after_a_failure_at_once_behind_the_pause() {
        for (refresh_s, after_keys_s, after_failure_s) in [(600, 600, 10), (11, 11, 10), (10, 10, 10), (1, 1, 1)] {
            let jwks = jwks(refresh_s, 0);
            let next = |is_fetched| (jwks.pause() + jwks.rest(is_fetched)).as_secs();
            assert_eq!((next(true), next(false)), (after_keys_s, after_failure_s), "{refresh_s}");
        }
    }

    #[tokio::test]
    async fn a_call_waits_for_the_next_fetch_unless_one_was_just_tried() {
        for (refresh_s, tried, waits) in
            [(600, None, true), (600, ago(5), false), (600, ago(11), true), (2, ago(5), true), (2, ago(1), false)]
        {
            let jwks = jwks(refresh_s, 0);
            jwks.kept.send_modify(|kept| kept.tried = tried);
            let mut asking = pin!(jwks.ask());
            assert_eq!(asking.as_mut().now_or_never().is_none(), waits, "{refresh_s} {tried:?}");
            if waits {
                assert!(jwks.asked.notified().now_or_never().is_some(), "it is asked for");
                jwks.kept.send_modify(|kept| kept.tries += 1);
                assert!(asking.as_mut().now_or_never().is_some(), "what came of it is known");
            }
        }
    }

    #[tokio::test]
    async fn each_try_is_counted_for_those_that_wait_whatever_came_of_it() {
        let jwks = jwks(600, 0);
        for tries in 1..=3 {
            let mut kept = jwks.kept.subscribe();
            assert!(!jwks.fetch().await);
            assert!(kept.has_changed().unwrap());
            let kept = kept.borrow_and_update();
            assert_eq!((kept.tries, kept.tried.is_some(), kept.fetched), (tries, true, None));
        }
    }

    #[tokio::test]
    async fn so_many_calls_wait_at_once_and_more_are_answered_without() {
        let jwks = jwks(600, 0);
        let mut asking: Vec<_> = (0..=WAITING_LIMIT).map(|_| Box::pin(jwks.ask())).collect();
        let waits: Vec<bool> = asking.iter_mut().map(|asking| asking.now_or_never().is_none()).collect();
        assert_eq!(waits, [vec![true; WAITING_LIMIT], vec![false]].concat());
    }

    #[test]
    fn what_can_be_used_of_the_keys_is_told_and_whether_anybody_could_have_changed_them() {
        assert_eq!(in_words("https://idp.example/keys", 1, 2), "1 of 2 published keys can be used");
        let open = "1 of 2 published keys can be used, fetched without encryption";
        assert_eq!(in_words("http://idp.example/https://", 1, 2), open);
    }
}
