//! The platform's API as a test plays it: it knows some people, checks the bearer, remembers every call, and misbehaves when told to.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use socket2::SockRef;

/// The only bearer it takes.
pub const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ0ZXN0In0.canary-of-the-caller";

/// What it does with a call, once it has read it.
#[derive(Clone, Debug)]
pub enum Manner {
    /// What its API says.
    Answer,
    /// The same, with its lists in `data.content`.
    AnswerContent,
    /// What its API says, and closes the connection without having said so.
    AnswerAndClose,
    /// What its API says to the first call of a connection; the next breaks it, as one does that was closed meanwhile.
    AnswerOnce,
    /// What its API says, once as many calls as these wait for it.
    AnswerTogether(Arc<Barrier>),
    /// This status with an error as the platform words it, whatever is asked.
    Status(u16),
    /// Status 200 with this body, whatever is asked.
    Body(String),
    /// The same, said to be compressed.
    Compressed(String),
    /// Leads elsewhere by status 302.
    Redirect(String),
    /// Waits for the caller to go away.
    Hang,
    /// Sends the head and the first bytes of the body, then waits for the caller to go away.
    HangInBody,
    /// Ends the connection as if it had broken (RST), before any answer.
    Reset,
    /// The same in the midst of the body.
    ResetInBody,
    /// A body without an end, as fast as it is taken.
    Endless,
    /// Bytes that are not HTTP.
    Babble,
}

/// A call as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub method: String,
    /// Path and query, letter by letter.
    pub target: String,
    /// In the order they came, with names as they came.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Seen {
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }

    /// The parameters of the query, decoded.
    pub fn query(&self) -> Vec<(String, String)> {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }

    /// Every value of a header.
    pub fn header(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str()).collect()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

struct State {
    people: Mutex<Vec<Value>>,
    manner: Mutex<Manner>,
    /// For the next calls, before `manner` counts.
    next: Mutex<VecDeque<Manner>>,
    seen: Mutex<Vec<Seen>>,
    connects: AtomicUsize,
    open: AtomicUsize,
}

/// The platform, on a port of its own.
pub struct Platform {
    pub address: SocketAddr,
    state: Arc<State>,
}

impl Platform {
    /// Knows these people: a list of users.
    pub fn new(people: &Value) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            people: Mutex::new(people.as_array().unwrap().clone()),
            manner: Mutex::new(Manner::Answer),
            next: Mutex::default(),
            seen: Mutex::default(),
            connects: AtomicUsize::new(0),
            open: AtomicUsize::new(0),
        });
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                shared.connects.fetch_add(1, Ordering::SeqCst);
                shared.open.fetch_add(1, Ordering::SeqCst);
                let state = Arc::clone(&shared);
                thread::spawn(move || {
                    serve(&stream, &state);
                    state.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { address, state }
    }

    /// From now on it behaves so.
    pub fn now(&self, manner: Manner) {
        *self.state.manner.lock().unwrap() = manner;
    }

    /// For the next calls it behaves so, one after the other.
    pub fn then(&self, manners: impl IntoIterator<Item = Manner>) {
        self.state.next.lock().unwrap().extend(manners);
    }

    /// Every call since this was asked last.
    pub fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.state.seen.lock().unwrap())
    }

    /// How many connections were made to it.
    pub fn connects(&self) -> usize {
        self.state.connects.load(Ordering::SeqCst)
    }

    /// How many of them are open.
    pub fn open(&self) -> usize {
        self.state.open.load(Ordering::SeqCst)
    }
}

/// Answers the calls of one connection until it is closed, or a manner ends it.
fn serve(stream: &TcpStream, state: &State) {
    let mut reader = BufReader::new(stream);
    for before in 0.. {
        let Some(seen) = read(&mut reader) else { return };
        state.seen.lock().unwrap().push(seen.clone());
        let next = state.next.lock().unwrap().pop_front();
        let manner = next.unwrap_or_else(|| state.manner.lock().unwrap().clone());
        let keeps_open = match &manner {
            Manner::AnswerOnce if before > 0 => reset(stream),
            Manner::Answer | Manner::AnswerContent | Manner::AnswerOnce | Manner::AnswerTogether(_) => {
                if let Manner::AnswerTogether(all) = &manner {
                    all.wait();
                }
                let (status, body) = answer(&seen, state, matches!(manner, Manner::AnswerContent));
                send(stream, status, "", &body.to_string())
            }
            Manner::AnswerAndClose => {
                let (status, body) = answer(&seen, state, false);
                send(stream, status, "", &body.to_string());
                false
            }
            Manner::Status(status) => send(stream, *status, "", &failure(*status).to_string()),
            Manner::Body(body) => send(stream, 200, "", body),
            Manner::Compressed(body) => send(stream, 200, "Content-Encoding: gzip\r\n", body),
            Manner::Redirect(to) => send(stream, 302, &format!("Location: {to}\r\n"), ""),
            Manner::Hang => wait(&mut reader),
            Manner::HangInBody => begin(stream) && wait(&mut reader),
            Manner::Reset => reset(stream),
            Manner::ResetInBody => begin(stream) && reset(stream),
            Manner::Endless => babble(stream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "10000\r\n"),
            Manner::Babble => babble(stream, "220 mail.example ESMTP\r\n\r\n", ""),
        };
        if !keeps_open {
            let _ = stream.shutdown(Shutdown::Both);
            return;
        }
    }
}

/// The next request, strictly: a line that is no header fails the test.
fn read(reader: &mut BufReader<&TcpStream>) -> Option<Seen> {
    let first = line(reader)?;
    let words: Vec<&str> = first.split(' ').collect();
    assert!(words.len() == 3 && words[2] == "HTTP/1.1", "no request line: {first:?}");
    let mut headers = Vec::new();
    loop {
        let line = line(reader)?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or_else(|| panic!("no header: {line:?}"));
        headers.push((name.to_owned(), value.trim_matches([' ', '\t']).to_owned()));
    }
    let mut seen = Seen { method: words[0].to_owned(), target: words[1].to_owned(), headers, body: String::new() };
    let length = seen.header("content-length").first().map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    seen.body = String::from_utf8(body).unwrap();
    Some(seen)
}

fn line(reader: &mut BufReader<&TcpStream>) -> Option<String> {
    let mut bytes = Vec::new();
    reader.read_until(b'\n', &mut bytes).ok()?;
    let line = bytes.strip_suffix(b"\r\n")?;
    Some(String::from_utf8(line.to_vec()).unwrap())
}

/// Whether the caller still listens.
fn send(mut stream: &TcpStream, status: u16, headers: &str, body: &str) -> bool {
    let head = format!(
        "HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\n{headers}Content-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).is_ok()
}

/// The head of a long answer and a little of its body.
fn begin(mut stream: &TcpStream) -> bool {
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{\"data\":").is_ok()
}

/// Until the caller closes the connection.
fn wait(reader: &mut BufReader<&TcpStream>) -> bool {
    let _ = reader.read_until(0, &mut Vec::new());
    false
}

/// A close with nothing left to say is an end; one that lingers for no time is a break.
fn reset(stream: &TcpStream) -> bool {
    SockRef::from(stream).set_linger(Some(Duration::ZERO)).unwrap();
    false
}

/// A head, and 64 KiB chunks until nobody listens.
fn babble(mut stream: &TcpStream, head: &str, chunk: &str) -> bool {
    let mut is_heard = stream.write_all(head.as_bytes()).is_ok() && !chunk.is_empty();
    let chunk = format!("{chunk}{}\r\n", " ".repeat(0x10000));
    while is_heard {
        is_heard = stream.write_all(chunk.as_bytes()).is_ok();
    }
    false
}

fn failure(status: u16) -> Value {
    json!({ "success": false, "data": null, "message": "no", "errorCode": format!("USRSRVC.{status}") })
}

/// What the API says to a call.
fn answer(seen: &Seen, state: &State, in_content: bool) -> (u16, Value) {
    if seen.header("authorization") != [format!("Bearer {TOKEN}")] {
        return (401, failure(401));
    }
    let people = state.people.lock().unwrap();
    let well = |data: Value| json!({ "success": true, "data": data, "message": null, "errorCode": null });
    match (seen.method.as_str(), seen.path(), seen.path().strip_prefix("/usersrvc/api/user/")) {
        ("POST", "/usersrvc/api/user/list", _) => {
            let asked = seen.json();
            let found: Vec<&Value> = people.iter().filter(|person| is_found(person, &asked["filters"])).collect();
            let number = |name: &str| usize::try_from(asked[name].as_u64().unwrap()).unwrap();
            let (from, size) = (number("pageNumber") * number("pageSize"), number("pageSize"));
            let page: Vec<&Value> = found.iter().skip(from).take(size).copied().collect();
            let list = if in_content { "content" } else { "elements" };
            (200, well(json!({ list: page, "totalElements": found.len() })))
        }
        ("GET", _, Some(id)) => match people.iter().find(|person| person["id"] == id) {
            Some(person) => (200, well(person.clone())),
            None => (404, failure(404)),
        },
        _ => (404, failure(404)),
    }
}

/// A filter matches loosely, as search boxes do: numbers by their digits, texts in any case, all of them anywhere.
fn is_found(person: &Value, filters: &Value) -> bool {
    let plain = |value: &Value| {
        let text = value.as_str().map_or(value.to_string(), str::to_lowercase);
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        if text.contains('@') || digits.is_empty() { text } else { digits }
    };
    let filters = filters.as_object().unwrap();
    filters.iter().all(|(name, wanted)| person.get(name).is_some_and(|value| plain(value).contains(&plain(wanted))))
}
