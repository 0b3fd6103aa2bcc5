//! Two gateways on one outbox, one of them killed again and again at a random moment: nothing that was acknowledged is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use super::database::Database;
use crate::support::client::request;
use crate::support::program::{Program, Served, folder};
use crate::support::wait::until;

/// How often a gateway is killed unless `HOOKGATE_CRASH_ROUNDS` says otherwise.
const ROUNDS: usize = 100;
/// Callers at once, and the persons that each of them tells of.
const CALLERS: usize = 4;
const PERSONS_OF_A_CALLER: usize = 25;
/// Most events that are acknowledged between two kills.
const ACKNOWLEDGED_BETWEEN: usize = 40;
/// How long the last deliveries may take, in seconds: what a killed gateway held is free after half a minute.
const LAST_LIMIT_S: u64 = 180;
/// One in so many calls is refused by the receiver.
const REFUSED: usize = 50;

const RULES: &str = "hook: postCreateUser
rules: [{ name: tell, deliver: { to: itsm, body: { person: \"${user.login}\", number: \"${user.employeeId}\" } } }]
";

/// Numbers that nobody foresees, the same for the same seed (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}

/// What arrived: key and body, in order.
type Arrived = Arc<Mutex<Vec<(String, String)>>>;

/// A receiver over HTTP; its threads end with their connections.
fn receiver() -> (SocketAddr, Arrived) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let (address, arrived) = (listener.local_addr().unwrap(), Arrived::default());
    let (all, calls) = (Arc::clone(&arrived), Arc::new(AtomicUsize::new(0)));
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let (all, calls) = (Arc::clone(&all), Arc::clone(&calls));
            thread::spawn(move || while receive(&stream, &all, &calls).is_some() {});
        }
    });
    (address, arrived)
}

/// One call: it counts once it is whole, whether or not the caller lives to read the answer.
fn receive(stream: &TcpStream, arrived: &Arrived, calls: &AtomicUsize) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let (mut key, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        match line.trim_end().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("idempotency-key") => value.clone_into(&mut key),
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse().ok()?,
            None if line.trim_end().is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let is_refused = calls.fetch_add(1, Ordering::SeqCst) % REFUSED == REFUSED - 1;
    if !is_refused {
        arrived.lock().unwrap().push((key, String::from_utf8(body).unwrap()));
    }
    let status = if is_refused { "503 Service Unavailable" } else { "200 OK" };
    let mut stream = stream;
    stream.write_all(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").as_bytes()).ok()
}

/// A gateway, and where it listens while it lives.
struct Gateway {
    address: Mutex<SocketAddr>,
    running: Mutex<Option<Served>>,
}

impl Gateway {
    fn start(folder: &std::path::Path) -> Self {
        let served = serve(folder);
        Self { address: Mutex::new(served.address), running: Mutex::new(Some(served)) }
    }

    /// `kill -9`, and a new one in its place.
    fn kill(&self, folder: &std::path::Path) {
        drop(self.running.lock().unwrap().take());
        let served = serve(folder);
        *self.address.lock().unwrap() = served.address;
        *self.running.lock().unwrap() = Some(served);
    }
}

fn serve(folder: &std::path::Path) -> Served {
    let level = "warn,hookgate::cli=info,hookgate::outbox=error";
    let words = ["serve", "--listen", "127.0.0.1:0", "--log-level", level, "--log-format", "json"];
    Program::new(words).within(folder).env("OUTBOX_PASSWORD", "s3cret-hookgate").serve()
}

/// The status of one call; `None` where there was no whole answer.
fn call(address: SocketAddr, person: &str, number: usize) -> Option<u16> {
    let body = format!("{{\"request\":{{\"user\":{{\"login\":\"{person}\",\"employeeId\":\"{number}\"}}}}}}");
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(10)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    stream.write_all(&request("POST", "/webhook/postCreateUser", "Connection: close\r\n", body.as_bytes())).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let is_whole = answer.ends_with('}');
    answer.get(9..12).filter(|_| is_whole)?.parse().ok()
}

/// Tells of its persons until it is to stop; each event again and again, to either gateway, until it is acknowledged.
/// How many of each person were.
fn load(
    caller: usize,
    seed: u64,
    gateways: &[Gateway; 2],
    stop: &AtomicBool,
    acknowledged: &AtomicUsize,
) -> BTreeMap<String, usize> {
    let mut chance = Chance(seed + caller as u64 * 7_919);
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    while !stop.load(Ordering::SeqCst) {
        let person = format!("p{caller}-{}", chance.below(PERSONS_OF_A_CALLER));
        let number = told.entry(person.clone()).or_default();
        let limit = Instant::now() + Duration::from_mins(1);
        loop {
            let address = *gateways[chance.below(2)].address.lock().unwrap();
            if call(address, &person, *number) == Some(200) {
                break;
            }
            assert!(Instant::now() < limit, "nobody takes {number} of {person}");
        }
        *number += 1;
        acknowledged.fetch_add(1, Ordering::SeqCst);
    }
    told
}

fn rounds() -> usize {
    std::env::var("HOOKGATE_CRASH_ROUNDS").map_or(ROUNDS, |rounds| rounds.parse().unwrap())
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn what_was_acknowledged_arrives_however_often_a_gateway_is_killed() {
    let database = Database::start("postgres");
    let (receiver, arrived) = receiver();
    let settings = format!(
        "outbox: {{ postgres: {{ address: \"postgres://127.0.0.1:{}/outbox\", user: hookgate, password: \"${{env:OUTBOX_PASSWORD}}\", tls: off }} }}\n\
         destinations: {{ itsm: {{ http: \"http://{receiver}/\", allow: [127.0.0.0/8], timeout_ms: 1000, retry: {{ first_ms: 50, most_ms: 500 }} }} }}\n",
        database.port
    );
    let folder = folder(&[("gateway.yaml", &settings), ("rules/tell.yaml", RULES)]);
    let began = Instant::now();
    let seed = u64::from(std::process::id()) << 20 | 1;
    let mut chance = Chance(seed);
    let gateways = [Gateway::start(folder.path()), Gateway::start(folder.path())];
    // Bloated, and vacuumed while it is nearly empty: what the planner believes of the table is not what comes.
    for statement in [
        "insert into hookgate_parcels (key, hook, person, destination, lane, body, is_sealed, created_ms, due_ms) \
         select 'k' || n, 'bloat', 'p', 'itsm', 'lane' || n, 'x', false, 0, 9000000000000 from generate_series(1, 50000) n",
        "delete from hookgate_parcels where hook = 'bloat'",
        "vacuum analyze hookgate_parcels",
    ] {
        database.admin_of("outbox", statement);
    }
    let (stop, acknowledged) = (AtomicBool::new(false), AtomicUsize::new(0));
    let told: BTreeMap<String, usize> = thread::scope(|scope| {
        let (gateways, stop, acknowledged) = (&gateways, &stop, &acknowledged);
        // Ends the callers, whatever becomes of the rounds.
        let ending = Ending(stop);
        let callers: Vec<_> =
            (0..CALLERS).map(|caller| scope.spawn(move || load(caller, seed, gateways, stop, acknowledged))).collect();
        for _ in 0..rounds() {
            let target = acknowledged.load(Ordering::SeqCst) + chance.below(ACKNOWLEDGED_BETWEEN);
            until("events are acknowledged", || acknowledged.load(Ordering::SeqCst) > target);
            // Anywhere between two acknowledgements.
            thread::park_timeout(Duration::from_micros(chance.below(10_000) as u64));
            gateways[chance.below(2)].kill(folder.path());
        }
        drop(ending);
        callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect()
    });
    let figures = Figures::of(&told, &arrived, seed);
    let line = format!(
        "crash-postgres: {} rounds, {} acknowledged, {} delivered, {} lost, {} duplicates, {} s",
        rounds(),
        figures.acknowledged,
        figures.delivered,
        figures.acknowledged - figures.delivered,
        figures.duplicates,
        began.elapsed().as_secs()
    );
    // Past what the test harness holds back.
    writeln!(std::io::stderr(), "{line}").unwrap();
    assert_eq!(figures.delivered, figures.acknowledged, "{line}; seed {seed}");
    assert_eq!(figures.wrong, Vec::<String>::new(), "{line}; seed {seed}");
    until("nothing waits", || database.admin_of("outbox", "select count(*) from hookgate_parcels") == "0");
}

/// Tells the callers to end when it goes.
struct Ending<'s>(&'s AtomicBool);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

struct Figures {
    acknowledged: usize,
    delivered: usize,
    duplicates: usize,
    /// Keys that differ, and persons told of out of order.
    wrong: Vec<String>,
}

impl Figures {
    /// What arrived, once all of it has or the time for it is over.
    fn of(told: &BTreeMap<String, usize>, arrived: &Arrived, seed: u64) -> Self {
        let acknowledged: BTreeSet<(String, usize)> =
            told.iter().flat_map(|(person, count)| (0..*count).map(|number| (person.clone(), number))).collect();
        let limit = Instant::now() + Duration::from_secs(LAST_LIMIT_S);
        let missing = |arrived: &[(String, String)]| {
            let delivered: BTreeSet<_> = arrived.iter().map(|(_, body)| read(body)).collect();
            acknowledged.difference(&delivered).count()
        };
        let mut seen = 0;
        while Instant::now() < limit {
            let now = arrived.lock().unwrap().clone();
            if now.len() != seen && missing(&now) == 0 {
                break;
            }
            seen = now.len();
            thread::park_timeout(Duration::from_millis(50));
        }
        let arrived = arrived.lock().unwrap().clone();
        assert!(!arrived.is_empty(), "nothing arrived; seed {seed}");
        let mut keys: BTreeMap<(String, usize), BTreeSet<&String>> = BTreeMap::new();
        let mut last: BTreeMap<String, usize> = BTreeMap::new();
        let mut wrong = Vec::new();
        for (key, body) in &arrived {
            let (person, number) = read(body);
            let known = keys.entry((person.clone(), number)).or_default();
            if known.is_empty() {
                let before = last.insert(person.clone(), number);
                if before.map_or(0, |before| before + 1) != number {
                    wrong.push(format!("{person}: {number} after {before:?}"));
                }
            }
            known.insert(key);
            if known.len() > 1 {
                wrong.push(format!("{number} of {person} came under several keys: {known:?}"));
            }
        }
        let delivered = acknowledged.iter().filter(|event| keys.contains_key(event)).count();
        let duplicates = arrived.len() - keys.len();
        Self { acknowledged: acknowledged.len(), delivered, duplicates, wrong }
    }
}

/// Whom a body tells of, and its number.
fn read(body: &str) -> (String, usize) {
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    (text("person"), text("number").parse().unwrap())
}
