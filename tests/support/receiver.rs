//! An HTTP receiver that a test plays on a port of this machine: it answers as it is told, and remembers what it got.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

/// A call as it came.
#[derive(Clone, Debug)]
pub struct Got {
    /// `POST /events`
    pub line: String,
    /// By their names in small letters.
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
    pub at: Instant,
}

/// What it does with a call.
#[derive(Clone, Debug)]
pub enum Reply {
    /// This status and these headers, each with its line's end.
    Status(u16, &'static str),
    /// Closes without a word.
    Reset,
    /// Says nothing and keeps the connection.
    Hang,
    /// Begins a good answer and never ends it.
    Endless,
    /// A good answer of so many bytes.
    Long(usize),
}

#[derive(Clone)]
pub struct HttpReceiver {
    pub address: SocketAddr,
    pub got: Arc<Mutex<Vec<Got>>>,
    /// How many connections came.
    pub connections: Arc<AtomicUsize>,
}

impl HttpReceiver {
    /// Answers the n-th call (from 0) as `reply` says.
    pub fn start(reply: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, connections) = (listener.local_addr().unwrap(), Arc::default());
        let receiver = Self { address, got: Arc::default(), connections: Arc::clone(&connections) };
        let (got, reply) = (Arc::clone(&receiver.got), Arc::new(reply));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                connections.fetch_add(1, Ordering::Relaxed);
                let (got, reply) = (Arc::clone(&got), Arc::clone(&reply));
                thread::spawn(move || serve(stream, &got, &*reply));
            }
        });
        receiver
    }

    pub fn bodies(&self) -> Vec<String> {
        self.got.lock().unwrap().iter().map(|got| String::from_utf8(got.body.clone()).unwrap()).collect()
    }

    pub fn count(&self) -> usize {
        self.got.lock().unwrap().len()
    }
}

fn serve(stream: TcpStream, got: &Mutex<Vec<Got>>, reply: &dyn Fn(usize) -> Reply) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut writer = stream;
    while let Some(call) = read(&mut reader) {
        let number = {
            let mut got = got.lock().unwrap();
            got.push(call);
            got.len() - 1
        };
        match reply(number) {
            Reply::Status(status, headers) => {
                let head = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n{headers}\r\n");
                if writer.write_all(head.as_bytes()).is_err() {
                    return;
                }
            }
            Reply::Reset => return,
            Reply::Hang => {
                // Until the other side gives up.
                let _ = reader.read(&mut [0; 1]);
                return;
            }
            Reply::Long(bytes) => {
                let head = format!("HTTP/1.1 200 X\r\ncontent-length: {bytes}\r\n\r\n");
                if writer.write_all(&[head.as_bytes(), &vec![b'x'; bytes]].concat()).is_err() {
                    return;
                }
            }
            Reply::Endless => {
                let _ = writer.write_all(b"HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n");
                while writer.write_all(b"4\r\nmore\r\n").is_ok() {
                    thread::park_timeout(std::time::Duration::from_millis(5));
                }
                return;
            }
        }
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Got> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let mut headers = HashMap::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok().filter(|length| *length > 0)?;
        match header.trim_end().split_once(':') {
            Some((name, value)) => headers.insert(name.to_ascii_lowercase(), value.trim().to_owned()),
            None => break,
        };
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let line = line.trim_end().trim_end_matches(" HTTP/1.1").to_owned();
    Some(Got { line, headers, body, at: Instant::now() })
}
