//! Closes connections that have no request in progress for too long, whatever the code above waits for.
//!
//! Heads and pauses have timers of their own. A peer that never reads its answers has none, and neither has a handler
//! that waits for something it should not. Seen from outside all of these are the same: no request is in progress,
//! and none has been for too long. So only that is watched, on the socket itself. A request in progress is never cut:
//! reading its body and answering it have limits of their own.

use std::net::Shutdown;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use actix_web::rt::net::TcpStream;
use socket2::{SockRef, Socket};

use super::per_address::{Addresses, OpenConnection};
use crate::server::counters::Counters;

/// `cut_at_ms` of a connection that has a request in flight.
const NEVER: u64 = u64::MAX;

/// A connection as the idle timeout sees it: a second handle on its socket, and when it may be cut.
#[derive(Debug)]
pub struct Connection {
    socket: Socket,
    epoch: Instant,
    idle_limit: Duration,
    /// Milliseconds after `epoch`.
    cut_at_ms: AtomicU64,
    /// Held for as long as it is open, where addresses are counted.
    _seat: Option<OpenConnection>,
    counters: Arc<Counters>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.counters.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Connection {
    /// A request begins.
    pub fn begin(&self) {
        self.cut_at_ms.store(NEVER, Ordering::Relaxed);
    }

    /// The request is answered, or given up.
    pub fn end(&self, now: Instant) {
        self.cut_at_ms.store(self.after(now), Ordering::Relaxed);
    }

    fn after(&self, now: Instant) -> u64 {
        millis((now + self.idle_limit).saturating_duration_since(self.epoch))
    }

    fn cut(&self) {
        // What the peer would not read is thrown away with the connection; without this the kernel keeps it.
        let _ = self.socket.set_linger(Some(Duration::ZERO));
        let _ = self.socket.shutdown(Shutdown::Both);
    }
}

fn millis(duration: Duration) -> u64 {
    // One less than NEVER: half a billion years from now must not mean "busy".
    u64::try_from(duration.as_millis()).unwrap_or(NEVER).min(NEVER - 1)
}

/// An address has as many connections as it may.
struct Crowded;

/// Watches every open connection.
#[derive(Debug)]
pub struct IdleTimeout {
    epoch: Instant,
    idle_limit: Duration,
    connections: Mutex<Vec<Weak<Connection>>>,
    addresses: Option<Arc<Addresses>>,
    counters: Arc<Counters>,
}

impl IdleTimeout {
    /// An idle timeout that lets connections be without a request for `idle_limit`.
    #[must_use]
    pub fn new(idle_limit: Duration, counters: Arc<Counters>) -> Self {
        Self { epoch: Instant::now(), idle_limit, connections: Mutex::default(), addresses: None, counters }
    }

    /// The same, with at most so many connections of one address.
    #[must_use]
    pub fn with_address_limit(mut self, limit: Option<usize>) -> Self {
        self.addresses = limit.map(|limit| Arc::new(Addresses::new(limit)));
        self
    }

    /// How often `step` should run: often enough that a limit is never exceeded by more than a quarter second.
    #[must_use]
    pub fn period(&self) -> Duration {
        (self.idle_limit / 4).clamp(Duration::from_millis(10), Duration::from_millis(250))
    }

    /// Watches what was just accepted. None when it cannot be watched; it is closed then,
    /// because a connection that nobody can cut must not be served. None and closed too when its address has as many
    /// as it may.
    pub fn watch(&self, accepted: &TcpStream) -> Option<Arc<Connection>> {
        let stream = SockRef::from(accepted);
        let Ok(open_connection) = self.open_connection(&stream) else {
            self.counters.crowded.fetch_add(1, Ordering::Relaxed);
            let _ = stream.shutdown(Shutdown::Both);
            return None;
        };
        match stream.try_clone() {
            Ok(socket) => Some(self.watch_socket(socket, open_connection, Instant::now())),
            Err(error) => {
                tracing::warn!(%error, "a connection is refused: no file descriptor is left to watch it");
                let _ = stream.shutdown(Shutdown::Both);
                None
            }
        }
    }

    /// One of the connections of an address, where these are counted.
    fn open_connection(&self, stream: &SockRef<'_>) -> Result<Option<OpenConnection>, Crowded> {
        let Some(addresses) = &self.addresses else { return Ok(None) };
        let peer = stream.peer_addr().ok().and_then(|peer| peer.as_socket());
        peer.and_then(|peer| addresses.open(peer.ip())).map(Some).ok_or(Crowded)
    }

    /// Watches a socket that was accepted `now`.
    fn watch_socket(&self, socket: Socket, open_connection: Option<OpenConnection>, now: Instant) -> Arc<Connection> {
        let cut_at_ms = AtomicU64::new(0);
        let counters = Arc::clone(&self.counters);
        counters.connections.fetch_add(1, Ordering::Relaxed);
        let (epoch, idle_limit) = (self.epoch, self.idle_limit);
        let connection = Connection { socket, epoch, idle_limit, cut_at_ms, _seat: open_connection, counters };
        connection.end(now);
        let connection = Arc::new(connection);
        // As many as connections were opened since the last step, plus those that are open.
        let mut connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        connections.push(Arc::downgrade(&connection));
        connection
    }

    /// Cuts what has been without a request for too long, forgets what is gone, and says how many it cut.
    pub fn step(&self, now: Instant) -> usize {
        let now_ms = millis(now.saturating_duration_since(self.epoch));
        let mut due = Vec::new();
        self.connections.lock().unwrap_or_else(PoisonError::into_inner).retain(|connection| {
            let Some(connection) = connection.upgrade() else { return false };
            let is_due = connection.cut_at_ms.load(Ordering::Relaxed) <= now_ms;
            if is_due {
                due.push(connection);
            }
            !is_due
        });
        for connection in &due {
            connection.cut();
        }
        self.counters.cut.fetch_add(due.len() as u64, Ordering::Relaxed);
        due.len()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::net::{TcpListener, TcpStream};

    use super::*;

    const LIMIT: Duration = Duration::from_secs(20);
    const ALMOST: Duration = Duration::from_millis(19_995);

    /// A watched connection and its peer.
    fn pair(idle_timeout: &IdleTimeout, now: Instant) -> (Arc<Connection>, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let peer = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        (idle_timeout.watch_socket(listener.accept().unwrap().0.into(), None, now), peer)
    }

    #[test]
    fn cuts_a_connection_only_when_it_was_idle_for_the_whole_limit() {
        let idle_timeout = IdleTimeout::new(LIMIT, Arc::default());
        let start = Instant::now();
        let (_connection, mut peer) = pair(&idle_timeout, start);
        assert_eq!(idle_timeout.step(start + ALMOST), 0);
        assert_eq!(idle_timeout.step(start + LIMIT + Duration::from_millis(5)), 1);
        assert_eq!(peer.read(&mut [0; 1]).unwrap_or(0), 0);
        assert_eq!(idle_timeout.counters.cut(), 1);
        assert_eq!(idle_timeout.step(start + LIMIT * 2), 0, "a connection is cut once");
    }

    #[test]
    fn never_cuts_a_request_in_flight_and_counts_anew_after_it() {
        let idle_timeout = IdleTimeout::new(LIMIT, Arc::default());
        let start = Instant::now();
        let (connection, _peer) = pair(&idle_timeout, start);
        connection.begin();
        assert_eq!(idle_timeout.step(start + LIMIT * 100), 0);
        connection.end(start + LIMIT * 100);
        assert_eq!(idle_timeout.step(start + LIMIT * 100 + LIMIT / 2), 0);
        assert_eq!(idle_timeout.step(start + LIMIT * 102), 1);
    }

    #[test]
    fn forgets_connections_that_are_gone() {
        let idle_timeout = IdleTimeout::new(LIMIT, Arc::default());
        let start = Instant::now();
        let gone = pair(&idle_timeout, start);
        assert_eq!(idle_timeout.counters.connections(), 1);
        drop(gone);
        assert_eq!(idle_timeout.counters.connections(), 0);
        idle_timeout.step(start);
        assert!(idle_timeout.connections.lock().unwrap().is_empty());
    }
}
