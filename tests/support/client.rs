//! A small HTTP client over plain sockets: it can say anything, also what no HTTP client would.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

/// Longer than any machine needs; only a failing test waits that long.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// An HTTP answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| &**value)
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The code of an answer that is no reply.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// How reading came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Closed,
    TimedOut,
}

/// One connection.
pub struct Client {
    pub stream: TcpStream,
    read: Vec<u8>,
}

impl Client {
    pub fn connect(address: SocketAddr) -> Self {
        Self::over(TcpStream::connect_timeout(&address, PATIENCE).unwrap())
    }

    /// One whose system holds no more than some 64 KiB of what is not read yet.
    pub fn connect_with_little_room(address: SocketAddr) -> Self {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None).unwrap();
        socket.set_recv_buffer_size(64 << 10).unwrap();
        socket.connect_timeout(&address.into(), PATIENCE).unwrap();
        Self::over(socket.into())
    }

    fn over(stream: TcpStream) -> Self {
        stream.set_nodelay(true).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Self { stream, read: Vec::new() }
    }

    /// Sends bytes; whether the peer still takes them.
    pub fn send(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).is_ok()
    }

    pub fn half_close(&mut self) {
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// The next answer, or how the connection ended before one was complete.
    pub fn answer(&mut self) -> Result<Answer, End> {
        self.answer_within(PATIENCE)
    }

    pub fn answer_within(&mut self, patience: Duration) -> Result<Answer, End> {
        let deadline = Instant::now() + patience;
        loop {
            if let Some((answer, length)) = parse(&self.read) {
                self.read.drain(..length);
                return Ok(answer);
            }
            self.read_more(deadline)?;
        }
    }

    /// Reads to the end of the connection; all answers that came, or none if it does not end.
    pub fn answers_to_end(&mut self) -> Option<Vec<Answer>> {
        let mut answers = Vec::new();
        loop {
            match self.answer() {
                Ok(answer) => answers.push(answer),
                Err(End::Closed) => return Some(answers),
                Err(End::TimedOut) => return None,
            }
        }
    }

    /// Bytes that came and are no whole answer.
    pub fn unread(&self) -> &[u8] {
        &self.read
    }

    fn read_more(&mut self, deadline: Instant) -> Result<(), End> {
        let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        self.stream.set_read_timeout(Some(left)).unwrap();
        let mut buffer = [0; 16 * 1024];
        match self.stream.read(&mut buffer) {
            Ok(0) => Err(End::Closed),
            Ok(read) => {
                self.read.extend_from_slice(&buffer[..read]);
                Ok(())
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Err(End::TimedOut),
            Err(error) if error.kind() == ErrorKind::Interrupted => Ok(()),
            Err(_) => Err(End::Closed),
        }
    }
}

/// The first answer in `bytes` and its length, once it is complete. An interim answer (100) counts as one.
pub(super) fn parse(bytes: &[u8]) -> Option<(Answer, usize)> {
    let head_end = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&bytes[..head_end]).unwrap();
    let mut lines = head.split("\r\n");
    let status_line = lines.next()?;
    assert!(status_line.starts_with("HTTP/1."), "no status line: {status_line:?}");
    let status = status_line[9..12].parse().unwrap();
    let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    let headers: Vec<_> = lines.filter_map(header).collect();
    let length = headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, n)| n.parse().unwrap());
    let body = bytes.get(head_end..head_end + length)?;
    let body = String::from_utf8(body.to_vec()).unwrap();
    Some((Answer { status, headers, body }, head_end + length))
}

/// The bytes of a request with a body.
pub fn request(method: &str, path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("{method} {path} HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// Posts a body on a connection of its own.
pub fn post(address: SocketAddr, path: &str, body: &[u8]) -> Answer {
    post_with(address, path, "", body)
}

/// The same with headers, each with its end of line.
pub fn post_with(address: SocketAddr, path: &str, headers: &str, body: &[u8]) -> Answer {
    let mut client = Client::connect(address);
    client.send(&request("POST", path, headers, body));
    client.answer().unwrap()
}

/// Sends a request without a body on a connection of its own, to the address by which it is called.
pub fn ask(address: SocketAddr, method: &str, path: &str, headers: &str) -> Answer {
    let mut client = Client::connect(address);
    let head = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\n{headers}Content-Length: 0\r\n\r\n");
    client.send(head.as_bytes());
    client.answer().unwrap()
}
