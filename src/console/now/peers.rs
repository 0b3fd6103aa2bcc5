//! Asks other gateways how they are, in the background: no page waits for an answer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::Value as Json;
use tokio::runtime::Handle;

use crate::outside::{AdminClient, Tls};
use crate::server::Peer;

/// How long one answer may take.
const LIMIT: Duration = Duration::from_secs(1);
/// How old answers may be before they are asked for again.
const AGE: Duration = Duration::from_secs(5);
/// Longest text of another gateway that is kept, in letters.
const TEXT_LIMIT: usize = 300;

/// What one gateway said last.
#[derive(Clone, Debug, Default)]
pub(in crate::console) struct Said {
    pub is_ready: bool,
    /// Why it is not ready, as far as it told.
    pub reasons: Vec<String>,
    /// The hash of its rules in force.
    pub hash: Option<String>,
    /// Whether a change of its rules was refused.
    pub has_refused: bool,
    /// Requests to hooks since its start.
    pub requests: Option<u64>,
    /// Requests a minute, between the last two times it was asked.
    pub per_minute: Option<f64>,
    pub waiting: Option<u64>,
    pub oldest_s: Option<u64>,
}

/// How one gateway is.
#[derive(Clone, Debug)]
pub(in crate::console) enum How {
    /// It is being asked for the first time.
    Asked,
    Said(Said),
    /// It does not answer; why.
    Silent(String),
}

/// A gateway, and how it is.
#[derive(Clone, Debug)]
pub(in crate::console) struct PeerState {
    pub name: String,
    pub address: String,
    pub how: How,
    /// Requests when it was asked last, and when that was.
    before: Option<(u64, Instant)>,
}

#[derive(Debug)]
struct Asking {
    states: Vec<PeerState>,
    is_under_way: bool,
    last: Option<Instant>,
}

/// All gateways of `admin.peers`. They are asked only while somebody looks.
#[derive(Debug)]
pub(in crate::console) struct Peers {
    /// Beside each, what asks it; or why it cannot be asked.
    clients: Vec<Result<AdminClient, String>>,
    asking: Arc<Mutex<Asking>>,
}

impl Peers {
    pub fn open(peers: &[Peer]) -> Self {
        let client = |peer: &Peer| {
            let tls = Tls { ca: peer.ca.clone(), ..Tls::default() };
            AdminClient::open(&peer.address, &tls, peer.token.clone()).map_err(|why| why.message)
        };
        let clients: Vec<_> = peers.iter().map(client).collect();
        let state = |(peer, client): (&Peer, &Result<_, String>)| PeerState {
            name: peer.name.clone(),
            address: peer.address.clone(),
            how: client.as_ref().map_or_else(|why| How::Silent(why.clone()), |_| How::Asked),
            before: None,
        };
        let states = peers.iter().zip(&clients).map(state).collect();
        Self { clients, asking: Arc::new(Mutex::new(Asking { states, is_under_way: false, last: None })) }
    }

    /// What they said last. Where that is old, they are asked again on this runtime, and the next look has what they say.
    pub fn look(&self, runtime: Option<&Handle>) -> Vec<PeerState> {
        let mut asking = locked(&self.asking);
        let is_old = asking.last.is_none_or(|last| last.elapsed() >= AGE);
        if let Some(runtime) = runtime.filter(|_| is_old && !asking.is_under_way && !self.clients.is_empty()) {
            asking.is_under_way = true;
            let (clients, shared) = (self.clients.clone(), Arc::clone(&self.asking));
            runtime.spawn(async move {
                let said = join_all(clients.iter().map(ask)).await;
                let mut asking = locked(&shared);
                asking.states.iter_mut().zip(said).for_each(|(state, said)| state.take(said));
                (asking.is_under_way, asking.last) = (false, Some(Instant::now()));
            });
        }
        asking.states.clone()
    }
}

impl PeerState {
    fn take(&mut self, said: Result<Said, String>) {
        let now = Instant::now();
        self.how = match said {
            Err(why) => How::Silent(cut(&why)),
            Ok(said) => {
                // Fewer than before: it was started again.
                let more = said.requests.zip(self.before).and_then(|(requests, (before, at))| {
                    Some((requests.checked_sub(before)?, now.duration_since(at).as_secs_f64()))
                });
                let per_minute = more.filter(|(_, seconds)| *seconds > 0.0);
                self.before = said.requests.map(|requests| (requests, now));
                How::Said(Said {
                    per_minute: per_minute.map(|(more, seconds)| to_float(more) * 60.0 / seconds),
                    ..said
                })
            }
        };
    }
}

async fn ask(client: &Result<AdminClient, String>) -> Result<Said, String> {
    let client = client.as_ref().map_err(Clone::clone)?;
    let (ready, metrics) = futures_util::future::join(client.get("/ready", LIMIT), client.get("/metrics", LIMIT)).await;
    let (status, ready) = ready.map_err(|why| why.message)?;
    let ready: Json = serde_json::from_str(&ready)
        .ok()
        .filter(|_| matches!(status, 200 | 503))
        .ok_or_else(|| format!("what answers there with status {status} is no admin listener of hookgate"))?;
    let metrics = match metrics {
        Ok((200, page)) => page,
        Ok((401, _)) => {
            return Err("it does not know the token: `token` beside its address must be its `admin.token`".to_owned());
        }
        Ok((status, _)) => return Err(format!("its metrics cannot be had: status {status}")),
        Err(why) => return Err(why.message),
    };
    Ok(said(&ready, &metrics))
}

fn said(ready: &Json, metrics: &str) -> Said {
    let text = |value: Option<&Json>| value.and_then(Json::as_str).map(cut);
    let is = |pointer: &str| ready.pointer(pointer).and_then(Json::as_bool).unwrap_or(false);
    let reasons = ready.get("reasons").and_then(Json::as_array).into_iter().flatten();
    let reason = |reason: &Json| text(reason.get("message")).or_else(|| text(reason.get("code")));
    let gauge = |name: &str| sum(metrics, name);
    Said {
        is_ready: is("/ready"),
        reasons: reasons.filter_map(reason).take(5).collect(),
        hash: text(ready.pointer("/rules/hash")),
        has_refused: is("/rules/changed_rules_refused"),
        requests: gauge("hookgate_requests_total"),
        per_minute: None,
        waiting: gauge("hookgate_outbox_waiting"),
        oldest_s: gauge("hookgate_outbox_oldest_age_seconds"),
    }
}

/// The sum of a metric's rows on a page for Prometheus, without its fractions; none where it has no row.
fn sum(page: &str, metric: &str) -> Option<u64> {
    let rows = page.lines().filter_map(|line| {
        let rest = line.strip_prefix(metric).filter(|rest| rest.starts_with(['{', ' ']))?;
        let number: f64 = rest.rsplit(' ').next()?.parse().ok()?;
        whole(number)
    });
    rows.fold(None, |sum: Option<u64>, row| Some(sum.unwrap_or(0).saturating_add(row)))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it lies between what both can have")]
fn whole(number: f64) -> Option<u64> {
    (0.0..9e15).contains(&number).then_some(number as u64)
}

#[expect(clippy::cast_precision_loss, reason = "a rate needs fewer digits than a float has")]
fn to_float(number: u64) -> f64 {
    number as f64
}

fn cut(text: &str) -> String {
    text.chars().take(TEXT_LIMIT).collect()
}

fn locked(asking: &Mutex<Asking>) -> MutexGuard<'_, Asking> {
    asking.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_metric_is_the_sum_of_its_rows_and_of_no_others() {
        let page = "# HELP a_total Said.\n# TYPE a_total counter\na_total{hook=\"x y\"} 3\na_total{hook=\"z\"} 4\na_total_more 9\n\
                    b 1.75\nc -1\nd NaN\n";
        let sums = ["a_total", "b", "c", "d", "e"].map(|metric| sum(page, metric));
        assert_eq!(sums, [Some(7), Some(1), None, None, None]);
    }

    #[test]
    fn what_is_said_by_something_else_breaks_nothing() {
        let long = "x".repeat(10_000);
        let told = said(
            &json!({ "ready": "yes", "reasons": [{ "code": long }, 7], "rules": [1] }),
            "hookgate_requests_total\n",
        );
        assert!(!told.is_ready && told.hash.is_none() && told.requests.is_none());
        assert_eq!(told.reasons.iter().map(|reason| reason.chars().count()).collect::<Vec<_>>(), [TEXT_LIMIT]);
    }
}
