//! What an administrator can set about the server.

use std::net::{Ipv4Addr, SocketAddr};

use jiff::tz::TimeZone;

/// The server's settings; gateway.yaml explains each.
#[derive(Clone, Debug)]
pub struct Settings {
    pub listen: SocketAddr,
    /// What stands in front of a hook's name in the URL; an empty text for nothing.
    pub prefixes: Vec<String>,
    /// Threads that answer; 0 is one for each core.
    pub workers: usize,
    pub body_limit_bytes: usize,
    /// Deepest nesting of a body.
    pub depth_limit: usize,
    pub body_time_limit_ms: u64,
    pub head_time_limit_ms: u64,
    pub keep_alive_ms: u64,
    pub connection_limit: usize,
    /// Requests answered at once.
    pub request_limit: usize,
    pub drain_limit_ms: u64,
    /// The zone in which dates without one are read.
    pub time_zone: TimeZone,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            prefixes: vec!["/webhook".to_owned(), String::new()],
            workers: 0,
            body_limit_bytes: 1 << 20,
            depth_limit: 64,
            body_time_limit_ms: 3000,
            head_time_limit_ms: 5000,
            keep_alive_ms: 15_000,
            connection_limit: 10_000,
            request_limit: 256,
            drain_limit_ms: 10_000,
            time_zone: TimeZone::UTC,
        }
    }
}
