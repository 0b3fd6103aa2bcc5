//! The settings of the server, with defaults that are safe to run with.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use super::admin::AdminSettings;
use super::admission::{Memory, weight};
use super::auth::AuthSettings;
use super::tls::TlsSettings;
use crate::event::{Bounds, Calendar};

/// Settings of the HTTP server.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where to listen. Port 0 takes any free one.
    pub listen: SocketAddr,
    /// Whether it may listen where other machines reach it although everybody is let in.
    pub insecure: bool,
    /// Who may come in.
    pub auth: AuthSettings,
    /// Whether and how connections are encrypted.
    pub tls: TlsSettings,
    /// What stands before a hook's path; an empty text for nothing.
    pub prefixes: Vec<String>,
    /// Threads that answer, at most 512; 0 for one a core. More than cores gain nothing and cost latency.
    pub workers: usize,
    /// Largest head of a request, in bytes: request line and headers; beyond it 431.
    pub head_limit_bytes: usize,
    /// Heads of all connections that are not whole yet, all together, in bytes; beyond it 503.
    pub heads_limit_bytes: usize,
    /// Headers of a request, 96 at most; beyond it 431.
    pub header_limit: usize,
    /// Largest request body, in bytes; beyond it 413.
    pub body_limit_bytes: usize,
    /// How deep a body may nest; beyond it 400.
    pub depth_limit: usize,
    /// Members of objects and items of lists in a body, all together; beyond it 400.
    pub member_limit: usize,
    /// Bodies held at once, all together, in bytes; beyond it 503.
    pub bodies_limit_bytes: usize,
    /// How long a whole body may take to arrive; beyond it 408.
    pub body_time_limit_ms: u64,
    /// How long the head of a request may take to arrive; beyond it the connection is cut.
    pub head_time_limit_ms: u64,
    /// How long a connection without a request is kept.
    pub keep_alive_ms: u64,
    /// Connections at once, divided among the workers; beyond it new ones wait to be accepted.
    pub connection_limit: usize,
    /// Connections at once of one address; beyond it new ones are closed. None: as many as there may be in all.
    pub address_connection_limit: Option<usize>,
    /// Requests at once, counted from the whole body to the answer; beyond it 503 at once.
    pub request_limit: usize,
    /// The same for one hook that says nothing of its own.
    pub hook_request_limit: usize,
    /// How long a request may wait for its turn when the processor is busy; one that would wait longer gets 503 at once.
    pub wait_limit_ms: u64,
    /// How often one address may call; beyond it 429. None: as often as it likes.
    pub per_caller: Option<PerCaller>,
    /// How long requests are still taken once the server is told to stop and says that it is not ready any more.
    pub unready_ms: u64,
    /// How long requests in flight may take once the server is told to stop; rounded up to whole seconds.
    pub drain_limit_ms: u64,
    /// The listener for those who run hookgate.
    pub admin: AdminSettings,
    /// How dates are meant that leave something open.
    pub calendar: Calendar,
}

/// How often one address may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PerCaller {
    /// Calls a second.
    pub per_second: u32,
    /// Calls at once, after a pause.
    pub burst: u32,
    /// Addresses remembered.
    pub callers: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            insecure: false,
            auth: AuthSettings::default(),
            tls: TlsSettings::default(),
            prefixes: vec!["/webhook".to_owned(), String::new()],
            workers: 0,
            head_limit_bytes: 16 * 1024,
            heads_limit_bytes: 8 * 1024 * 1024,
            header_limit: 64,
            body_limit_bytes: 1024 * 1024,
            depth_limit: 64,
            member_limit: 100_000,
            bodies_limit_bytes: 40 * 1024 * 1024,
            body_time_limit_ms: 3_000,
            head_time_limit_ms: 5_000,
            keep_alive_ms: 15_000,
            connection_limit: 10_000,
            address_connection_limit: None,
            request_limit: 256,
            hook_request_limit: 192,
            wait_limit_ms: 200,
            per_caller: None,
            unready_ms: 0,
            drain_limit_ms: 10_000,
            admin: AdminSettings::default(),
            calendar: Calendar::utc(),
        }
    }
}

/// What a connection holds beside its head and body, in bytes: its task, and behind TLS what that keeps of it. Measured
/// with the optimized program: 5 KiB idle and 6 after a call; behind TLS 15, and 28 after a call of 30 KiB.
const PLAIN_BYTES: usize = 6 << 10;
const ENCRYPTED_BYTES: usize = 48 << 10;
/// The most threads the server library takes.
const WORKER_LIMIT: usize = 512;

impl Settings {
    /// The prefixes under which anybody who reaches the address would be let in, although others than this machine reach
    /// it. A row of `auth.for` for a prefix keeps strangers out, or says that everybody is let in.
    pub(super) fn open_prefixes(&self) -> Vec<&str> {
        match self.insecure || self.listen.ip().to_canonical().is_loopback() {
            true => Vec::new(),
            false => self.unguarded_prefixes(),
        }
    }

    /// The prefixes under which no method of `auth` keeps anybody out, wherever it listens.
    #[must_use]
    pub fn unguarded_prefixes(&self) -> Vec<&str> {
        if self.auth.keeps_out() {
            return Vec::new();
        }
        self.prefixes.iter().map(String::as_str).filter(|prefix| !self.auth.has_row_for(prefix)).collect()
    }

    /// How many threads answer.
    pub(super) fn worker_count(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
        if self.workers == 0 { cores() } else { self.workers }.clamp(1, WORKER_LIMIT)
    }

    /// Of so many connections, those one worker takes.
    pub(super) fn per_worker(&self, connections: usize) -> usize {
        connections.div_ceil(self.worker_count()).max(1)
    }

    /// Memory for heads that are not whole yet.
    pub(super) fn heads(&self) -> Memory {
        Memory::with_room_for(self.heads_limit_bytes, self.head_limit_bytes)
    }

    /// Memory for bodies: room for the largest and costliest there may be, and whatever more the setting says.
    pub(super) fn bodies(&self) -> Memory {
        let largest = self.body_limit_bytes + weight::most(self.body_limit_bytes, self.member_limit);
        Memory::with_room_for(self.bodies_limit_bytes, largest)
    }

    /// What callers can make the server hold, by the part, in bytes, with the setting that lowers it.
    #[must_use]
    pub fn held_for_callers(&self) -> [(&'static str, usize, &'static str); 3] {
        let each = if self.tls.certificate.is_some() { ENCRYPTED_BYTES } else { PLAIN_BYTES };
        [
            ("heads", self.heads().limit_bytes(), "limits.heads_bytes"),
            ("bodies", self.bodies().limit_bytes(), "limits.bodies_bytes"),
            ("connections", self.connection_limit.saturating_mul(each), "limits.connections"),
        ]
    }

    /// How much of a body is read as JSON.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        Bounds { levels: self.depth_limit, members: self.member_limit }
    }

    /// How long a connection may be without a request in flight: waiting for one, then for its head.
    pub(super) fn idle_limit(&self) -> Duration {
        Duration::from_millis(self.keep_alive_ms.saturating_add(self.head_time_limit_ms))
    }
}
