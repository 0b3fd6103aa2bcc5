//! What all workers share: settings, routes, authentication, counters, limits, and what answers an event.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::admission::{ConcurrencyLimit, Memory, RateLimit};
use super::auth::{InForce, Trouble};
use super::counters::Counters;
use super::request::{LogThrottle, Requests};
use super::settings::Settings;
use crate::event::{Event, Hook, Hooks, Routes};
use crate::gateway::Answered;

/// What answers events: the gateway, or a stand-in of a test's.
pub type Answering = dyn Fn(Event) -> Answered + Send + Sync;

/// What every worker shares.
pub(super) struct Shared {
    pub(super) settings: Settings,
    pub(super) body_time_limit: Duration,
    pub(super) hooks: Hooks,
    pub(super) routes: Routes,
    pub(super) gates: Arc<InForce>,
    pub(super) counters: Arc<Counters>,
    pub(super) requests: Arc<Requests>,
    pub(super) told: LogThrottle,
    pub(super) places: ConcurrencyLimit,
    /// For heads that are not whole yet.
    pub(super) heads: Memory,
    /// For bodies, and what reading and answering them costs.
    pub(super) bodies: Memory,
    pub(super) callers: Option<RateLimit>,
    pub(super) answering: Arc<Answering>,
}

impl Shared {
    pub(super) fn new(settings: &Settings, hooks: &Hooks, answering: Arc<Answering>) -> Result<Self, Trouble> {
        Ok(Self {
            settings: settings.clone(),
            body_time_limit: Duration::from_millis(settings.body_time_limit_ms),
            hooks: hooks.clone(),
            routes: Routes::new(hooks, &settings.prefixes),
            gates: Arc::new(InForce::open(&settings.auth, hooks, &settings.prefixes)?),
            counters: Arc::default(),
            requests: Arc::new(Requests::new(hooks)),
            told: LogThrottle::default(),
            places: ConcurrencyLimit::new(hooks, settings.request_limit, settings.hook_request_limit),
            heads: settings.heads(),
            bodies: settings.bodies(),
            callers: settings.per_caller.as_ref().map(|limit| RateLimit::new(limit, Instant::now())),
            answering,
        })
    }

    pub(super) fn hook(&self, place: usize) -> Option<&Hook> {
        self.hooks.rows.get(place)
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("settings", &self.settings)
            .field("counters", &self.counters)
            .finish_non_exhaustive()
    }
}
