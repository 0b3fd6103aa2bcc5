//! A directory that a test plays: it lets everybody in, and answers, breaks off or babbles.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What a directory does when it is asked.
#[derive(Clone, Copy)]
pub enum Manner {
    /// Answers that nothing is found.
    Answer,
    /// Closes the connection.
    Close,
    /// Sends one entry, and closes the connection.
    BreakOff,
    /// Sends these bytes.
    Babble(&'static [u8]),
}

/// A directory that lets everybody in.
pub struct Directory {
    pub port: u16,
    /// How many it was asked for.
    pub searches: Arc<AtomicUsize>,
}

impl Directory {
    /// Behaves as `manner` says of the n-th search, counted from 0.
    pub fn new(manner: fn(usize) -> Manner) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let searches = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&searches);
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let counter = Arc::clone(&counter);
                thread::spawn(move || serve(stream, &counter, manner));
            }
        });
        Self { port, searches }
    }
}

/// Reads requests as long as they are short: `30 length 02 01 id operation …` (RFC 4511, 4.1.1).
fn serve(mut stream: TcpStream, searches: &AtomicUsize, manner: fn(usize) -> Manner) {
    let mut head = [0; 2];
    while stream.read_exact(&mut head).is_ok() {
        let mut body = vec![0; head[1].into()];
        stream.read_exact(&mut body).unwrap();
        let (id, is_search) = (body[2], body[3] == 0x63);
        // Result 0, with neither name nor text, of a search or a bind.
        let done = [0x30, 12, 2, 1, id, if is_search { 0x65 } else { 0x61 }, 7, 10, 1, 0, 4, 0, 4, 0];
        let manner = if is_search { manner(searches.fetch_add(1, Ordering::SeqCst)) } else { Manner::Answer };
        match manner {
            Manner::Answer => stream.write_all(&done).unwrap(),
            Manner::Close => return,
            Manner::BreakOff => {
                return stream.write_all(&[0x30, 12, 2, 1, id, 0x64, 7, 4, 3, b'd', b'c', b'=', 0x30, 0]).unwrap();
            }
            Manner::Babble(bytes) => stream.write_all(bytes).unwrap(),
        }
    }
}
