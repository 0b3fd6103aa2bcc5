//! Ports for servers that cannot be told to take a free one and say which.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};

/// Below the ports that systems hand out by themselves, to whoever connects or asks for a free one: 32768 on Linux.
const FROM: u16 = 20_000;
const COUNT: u16 = 12_000;

static NEXT: AtomicU16 = AtomicU16::new(0);

/// A port of 127.0.0.1 that nobody listens on. It is given to one test only, and comes to nobody by chance, so that a
/// server may be stopped and started there again.
pub fn free_port() -> u16 {
    // Tests of two folders that run at once begin apart.
    let begin = u16::try_from(std::process::id() % u32::from(COUNT)).unwrap();
    for _ in 0..COUNT {
        let place = (u32::from(begin) + u32::from(NEXT.fetch_add(1, Ordering::Relaxed))) % u32::from(COUNT);
        let port = FROM + u16::try_from(place).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no port is free");
}
