//! Logs requests that were refused before they became events; never a word of a body. The gateway logs decided
//! events.
//!
//! A refused call is at most one line at info. Where a similar one was logged within the last minute it is only
//! counted (`log_throttle.rs`). What any scanner of the internet can cause, such as unknown paths, is logged at debug
//! only.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::net::IpAddr;
use std::time::Instant;

use super::log_throttle::{Alike, LogThrottle};
use super::refusal::Refusal;
use crate::event::{Hook, Kind};
use crate::server::auth::Verdict;

/// A call that is turned away.
#[derive(Debug)]
pub struct Refused<'h> {
    pub refusal: Refusal,
    /// The hook it was for, once that is known.
    pub hook: Option<&'h Hook>,
    /// What the methods said of it.
    pub verdicts: Vec<Verdict>,
}

impl From<Refusal> for Refused<'_> {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, hook: None, verdicts: Vec::new() }
    }
}

impl Refused<'_> {
    /// What one method said.
    fn said(&self, method: &str) -> Option<String> {
        let said = self.verdicts.iter().find(|said| said.method == method)?;
        Some(format!("{}: {}", said.word(), said.why()))
    }

    fn alike(&self, address: Option<IpAddr>) -> Alike {
        let is_probe = self.hook.is_some_and(|hook| hook.kind == Kind::Probe);
        let probe = is_probe.then(|| {
            let mut said = DefaultHasher::new();
            self.verdicts.iter().for_each(|verdict| verdict.why().hash(&mut said));
            said.finish()
        });
        Alike { address, code: self.refusal.code(), reason: self.refusal.finest(), probe }
    }

    /// Its line, unless one like it was told.
    pub fn tell(&self, told: &LogThrottle, address: Option<IpAddr>, id: &str) {
        let Self { refusal, hook, .. } = self;
        let (code, status, hook) = (refusal.code(), refusal.status().as_u16(), hook.map(|hook| &*hook.name));
        let is_told = hook.is_some() || refusal.comes_in_floods();
        let is_news = is_told && told.is_news(self.alike(address), Instant::now());
        let from = address.map(tracing::field::display);
        let [jwt, bearer, header, certificate, of_address] =
            ["jwt", "bearer", "header", "certificate", "address"].map(|method| self.said(method));
        macro_rules! tell {
            ($level:ident) => {
                tracing::$level!(
                    target: "hookgate::event", hook, code, status, cause = %refusal, from, jwt, bearer, header, certificate,
                    address = of_address, request_id = id, "refused"
                )
            };
        }
        match (is_news, refusal.comes_in_floods()) {
            (true, true) => tell!(warn),
            (true, false) => tell!(info),
            (false, _) => tell!(debug),
        }
    }
}

/// The number of those that followed one that was told.
pub fn again(all: Vec<(Alike, u64)>) {
    for (Alike { address, code, reason, .. }, count) in all {
        let from = address.map_or_else(|| "several addresses".to_owned(), |address| address.to_string());
        tracing::info!(target: "hookgate::event", code, cause = reason, from, count, "refused again");
    }
}

/// What the methods said of a call that comes in, a line each. `is_told` is for whoever sets them up; otherwise only what a
/// method that observes would have refused is told.
pub fn verdicts(hook: &str, verdicts: &[Verdict], is_told: bool, id: &str) {
    for said in verdicts {
        let (method, verdict, why) = (said.method, said.word(), said.why());
        if is_told || (said.observe && said.found.is_err()) {
            tracing::info!(target: "hookgate::event", hook, method, verdict, why, request_id = id, "who may come in");
        } else {
            tracing::debug!(target: "hookgate::event", hook, method, verdict, why, request_id = id, "who may come in");
        }
    }
}
