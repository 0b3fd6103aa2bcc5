//! What an operator can set about the door; the defaults are safe to run with.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use jiff::tz::TimeZone;

use super::admin::AdminSettings;

/// Settings of the HTTP server.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where to listen. Port 0 takes any free one.
    pub listen: SocketAddr,
    /// What stands before a hook's path; an empty text for nothing.
    pub prefixes: Vec<String>,
    /// Threads that answer, at most 512; 0 for one a core. More than cores gain nothing and cost latency.
    pub workers: usize,
    /// Largest request body, in bytes; beyond it 413.
    pub body_limit_bytes: usize,
    /// How deep a body may nest; beyond it 400.
    pub depth_limit: usize,
    /// How long a whole body may take to arrive; beyond it 408.
    pub body_time_limit_ms: u64,
    /// How long the head of a request may take to arrive; beyond it the connection is cut.
    pub head_time_limit_ms: u64,
    /// How long a connection without a request is kept.
    pub keep_alive_ms: u64,
    /// Connections at once, divided among the workers; beyond it new ones wait to be accepted.
    pub connection_limit: usize,
    /// Requests at once, counted from the head to the answer; beyond it 503 at once, never a queue.
    pub request_limit: usize,
    /// How long requests are still taken once the server is told to stop and says that it is not ready any more.
    pub unready_ms: u64,
    /// How long requests in flight may take once the server is told to stop; rounded up to whole seconds.
    pub drain_limit_ms: u64,
    /// The listener for those who run hookgate.
    pub admin: AdminSettings,
    /// The zone in which dates without one are read.
    pub time_zone: TimeZone,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            prefixes: vec!["/webhook".to_owned(), String::new()],
            workers: 0,
            body_limit_bytes: 1024 * 1024,
            depth_limit: 64,
            body_time_limit_ms: 3_000,
            head_time_limit_ms: 5_000,
            keep_alive_ms: 15_000,
            connection_limit: 10_000,
            request_limit: 256,
            unready_ms: 0,
            drain_limit_ms: 10_000,
            admin: AdminSettings::default(),
            time_zone: TimeZone::UTC,
        }
    }
}

/// The most threads the HTTP library takes.
const WORKER_LIMIT: usize = 512;

impl Settings {
    /// How many threads answer.
    pub(super) fn worker_count(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
        if self.workers == 0 { cores() } else { self.workers }.clamp(1, WORKER_LIMIT)
    }

    /// Connections one worker takes.
    pub(super) fn connections_per_worker(&self) -> usize {
        self.connection_limit.div_ceil(self.worker_count()).max(1)
    }

    /// How long a connection may be without a request in flight: waiting for one, then for its head.
    pub(super) fn idle_limit(&self) -> Duration {
        Duration::from_millis(self.keep_alive_ms.saturating_add(self.head_time_limit_ms))
    }
}
