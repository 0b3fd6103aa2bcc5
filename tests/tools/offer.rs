//! Offers calls to a gateway and prints what became of them, as one line of JSON: the load of `tests/tools/overload`.
//!
//! With `--rate` the loop is open: calls have due times, whatever became of those before, and their time counts from when
//! they were due. Without it the loop is closed: so many callers, each calling again once it is answered.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a load fails by panicking"
)]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{sleep_until, timeout};

/// A call that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// Longest pause between two calls over one connection: well below what servers allow.
const IDLE_LIMIT: Duration = Duration::from_secs(1);

/// What is offered.
struct Offer {
    address: SocketAddr,
    request: Vec<u8>,
    seconds: f64,
    /// Calls a second; none for a closed loop.
    rate: Option<f64>,
    /// Callers of a closed loop; the most connections of an open one.
    connections: usize,
}

/// What became of it.
#[derive(Default)]
struct Told {
    /// By status, the time of each call in microseconds.
    answered: BTreeMap<u16, Vec<u64>>,
    failed: usize,
    /// 503s and 429s that do not say when to come again.
    without_retry_after: usize,
    /// How late calls were sent, in microseconds: the load's own delay, which is part of every time.
    late: Vec<u64>,
    /// Connections to be used again, and since when each is idle.
    idle: Vec<(TcpStream, Instant)>,
    open: usize,
    most_open: usize,
}

fn argument(name: &str) -> Option<String> {
    let mut words = std::env::args().skip_while(|word| word != name).skip(1);
    words.next()
}

fn number(name: &str) -> Option<f64> {
    argument(name).map(|text| text.parse().unwrap_or_else(|_| panic!("{name} takes a number")))
}

impl Offer {
    fn read() -> Self {
        let path = argument("--path").unwrap_or_else(|| "/webhook/test".to_owned());
        let body = argument("--body").unwrap_or_else(|| "{}".to_owned());
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        );
        Self {
            address: argument("--to").expect("--to ADDRESS").parse().expect("--to takes an address and a port"),
            request: (head + &body).into_bytes(),
            seconds: number("--seconds").unwrap_or(10.0),
            rate: number("--rate"),
            connections: argument("--connections").map_or(16, |text| text.parse().expect("a number")),
        }
    }
}

fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap()
}

/// A connection that is open. One that was idle for longer is closed, as careful clients do: the server may be closing it.
fn kept(told: &mut Told) -> Option<TcpStream> {
    if let Some((stream, since)) = told.idle.pop() {
        if since.elapsed() < IDLE_LIMIT {
            return Some(stream);
        }
        // Those below were idle for longer still.
        told.open -= told.idle.len() + 1;
        told.idle.clear();
    }
    None
}

/// One call that was due then.
async fn call(offer: &Offer, told: &RefCell<Told>, due: Instant) {
    told.borrow_mut().late.push(micros(due));
    let kept = kept(&mut told.borrow_mut());
    let result = timeout(PATIENCE, exchange(offer, told, kept)).await;
    let mut told = told.borrow_mut();
    match result {
        Ok(Ok((stream, status, says_when))) => {
            told.answered.entry(status).or_default().push(micros(due));
            told.without_retry_after += usize::from(matches!(status, 429 | 503) && !says_when);
            match stream {
                Some(stream) => told.idle.push((stream, Instant::now())),
                None => told.open -= 1,
            }
        }
        Ok(Err(_)) | Err(_) => {
            told.failed += 1;
            told.open -= 1;
        }
    }
}

/// Sends the request and takes the answer: its status, whether it says when to come again, and the connection if it
/// stays open.
async fn exchange(
    offer: &Offer,
    told: &RefCell<Told>,
    kept: Option<TcpStream>,
) -> std::io::Result<(Option<TcpStream>, u16, bool)> {
    let stream = match kept {
        Some(stream) => stream,
        None => {
            {
                let mut told = told.borrow_mut();
                told.open += 1;
                told.most_open = told.most_open.max(told.open);
            }
            let stream = TcpStream::connect(offer.address).await?;
            stream.set_nodelay(true)?;
            stream
        }
    };
    let mut rest = &*offer.request;
    while !rest.is_empty() {
        stream.writable().await?;
        match stream.try_write(rest) {
            Ok(sent) => rest = &rest[sent..],
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    let mut answer = Vec::with_capacity(1024);
    loop {
        stream.readable().await?;
        match stream.try_read_buf(&mut answer) {
            Ok(0) => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => continue,
            Err(error) => return Err(error),
        }
        if let Some((status, says_when, closes)) = parse(&answer) {
            return Ok(((!closes).then_some(stream), status, says_when));
        }
    }
}

/// Status, whether there is a Retry-After, and whether the connection is closed; none until the answer is whole.
fn parse(answer: &[u8]) -> Option<(u16, bool, bool)> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&answer[..end]).unwrap().to_ascii_lowercase();
    let value = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let length: usize = value("content-length:").map_or(0, |text| text.parse().unwrap());
    let status = head[9..12].parse().unwrap();
    let is_whole = answer.len() >= end + length;
    is_whole.then(|| (status, value("retry-after:").is_some(), value("connection:") == Some("close")))
}

/// Calls that are due at random moments, so many a second on average, as those of many independent callers are.
async fn open_loop(offer: Rc<Offer>, told: Rc<RefCell<Told>>, rate: f64) {
    let began = Instant::now();
    let (mut due, mut state) = (0.0, 0x9E37_79B9_7F4A_7C15_u64);
    let mut calls = JoinSet::new();
    while due < offer.seconds {
        let at = began + Duration::from_secs_f64(due);
        if at > Instant::now() {
            sleep_until(at.into()).await;
        }
        let has_room = {
            let told = told.borrow();
            !told.idle.is_empty() || told.open < offer.connections
        };
        if has_room {
            let (offer, told) = (Rc::clone(&offer), Rc::clone(&told));
            calls.spawn_local(async move { call(&offer, &told, at).await });
        } else {
            told.borrow_mut().failed += 1;
        }
        while calls.try_join_next().is_some() {}
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        #[expect(clippy::cast_precision_loss, reason = "a random number needs no more digits")]
        let uniform = ((state >> 11) as f64 + 1.0) / (1_u64 << 53) as f64;
        due -= uniform.ln() / rate;
    }
    while calls.join_next().await.is_some() {}
}

async fn closed_loop(offer: Rc<Offer>, told: Rc<RefCell<Told>>) {
    let end = Instant::now() + Duration::from_secs_f64(offer.seconds);
    let mut callers = JoinSet::new();
    for _ in 0..offer.connections {
        let (offer, told) = (Rc::clone(&offer), Rc::clone(&told));
        callers.spawn_local(async move {
            while Instant::now() < end {
                call(&offer, &told, Instant::now()).await;
            }
        });
    }
    while callers.join_next().await.is_some() {}
}

fn figures(times: &mut [u64]) -> serde_json::Value {
    times.sort_unstable();
    let at = |share: usize| times.get((times.len() * share / 1000).min(times.len().saturating_sub(1))).copied();
    serde_json::json!({ "count": times.len(), "p50_us": at(500), "p99_us": at(990), "max_us": at(1000) })
}

fn main() {
    let offer = Rc::new(Offer::read());
    let told = Rc::new(RefCell::new(Told::default()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let began = Instant::now();
    let (given, noted) = (Rc::clone(&offer), Rc::clone(&told));
    LocalSet::new().block_on(&runtime, async move {
        match given.rate {
            Some(rate) => open_loop(given, noted, rate).await,
            None => closed_loop(given, noted).await,
        }
    });
    let mut told = told.borrow_mut();
    let took = began.elapsed().as_secs_f64();
    let answered: serde_json::Map<_, _> =
        told.answered.iter_mut().map(|(status, times)| (status.to_string(), figures(times))).collect();
    let line = serde_json::json!({
        "seconds": took,
        "answered": answered,
        "failed": told.failed,
        "without_retry_after": told.without_retry_after,
        "late": figures(&mut told.late),
        "most_open": told.most_open,
    });
    println!("{line}");
}
