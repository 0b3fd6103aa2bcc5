//! What stands between the gateway and a server: it passes everything on, counts connections, and may have answers be a while on their way.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use crate::support::wait::linger;

/// On a port of its own.
pub struct Between {
    pub port: u16,
    connections: Arc<AtomicUsize>,
}

impl Between {
    /// In front of a port of this machine; what the server says arrives later by `way`.
    pub fn start(server: u16, way: Duration) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let between = Self { port: listener.local_addr().unwrap().port(), connections: Arc::default() };
        let connections = Arc::clone(&between.connections);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                connections.fetch_add(1, Ordering::SeqCst);
                let server = TcpStream::connect(("127.0.0.1", server)).unwrap();
                for stream in [&client, &server] {
                    stream.set_nodelay(true).unwrap();
                }
                pass(client.try_clone().unwrap(), server.try_clone().unwrap(), Duration::ZERO);
                pass(server, client, way);
            }
        });
        between
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// One thread takes what comes, another gives it out when its time has come.
fn pass(mut from: TcpStream, mut to: TcpStream, way: Duration) {
    let (sender, receiver) = channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        let mut bytes = [0; 16 << 10];
        while let Ok(length) = from.read(&mut bytes)
            && length > 0
            && sender.send((Instant::now() + way, bytes[..length].to_vec())).is_ok()
        {}
    });
    thread::spawn(move || {
        for (at, bytes) in receiver {
            linger(at.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    });
}
