//! Durable events beside the bare disk, and what a delivery costs a hook: `cargo bench --bench outbox`. Passes or fails
//! nothing.
//!
//! The bare peer is one thread that appends the same bytes to a file, as many as have gathered at once, and syncs it. Both
//! write below `BENCH_FOLDER` (the system's temporary folder), which should lie on the disk that an outbox would use.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a benchmark fails by panicking")]

mod load;

use std::fs::File;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use hookgate::diagnostic;
use hookgate::gateway::{Gateway, Live, Outside};
use hookgate::outbox::{
    Body, Claim, Embedded, Fate, NewDeliveries, NewDelivery, Outbox, Place, Settings, Settled, Store,
};
use hookgate::rule::{Role, Sources};
use hookgate::server::{self, bind};
use hookgate::telemetry::traces::Tracer;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use load::{answer, first_answer, median, number, send};

const CALLERS: [usize; 3] = [1, 16, 64];
const CONNECTIONS: usize = 64;
const BODY: &str =
    r#"{"event":"joined","login":"asha.rao","email":"asha.rao@example.com","department":"Finance","location":"Pune"}"#;
/// Whether the event is delivered, by whether the condition holds.
const RULE: &str = "hook: postCreateUser
rules:
  - name: tell
    when: { user.department: HOLDS }
    deliver: { to: itsm, body: { event: joined, login: \"${user.login}\" } }
";

/// Each event is another.
static NEXT: AtomicU64 = AtomicU64::new(0);

fn folder() -> tempfile::TempDir {
    let within = std::env::var_os("BENCH_FOLDER").map_or_else(std::env::temp_dir, PathBuf::from);
    tempfile::tempdir_in(within).unwrap()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Something that keeps an event; when it returns, the event is on the disk.
trait Keep: Clone + Send + Sync + 'static {
    fn keep(&self) -> impl Future<Output = ()> + Send;
}

#[derive(Clone)]
struct Bare(mpsc::SyncSender<oneshot::Sender<()>>);

impl Bare {
    fn start(file: &Path) -> Self {
        let mut file = File::create(file).unwrap();
        let (jobs, waiting) = mpsc::sync_channel::<oneshot::Sender<()>>(4_096);
        std::thread::spawn(move || {
            while let Ok(first) = waiting.recv() {
                let batch: Vec<_> = std::iter::once(first).chain(waiting.try_iter().take(511)).collect();
                file.write_all(BODY.repeat(batch.len()).as_bytes()).unwrap();
                file.sync_data().unwrap();
                batch.into_iter().for_each(|reply| reply.send(()).unwrap());
            }
        });
        Self(jobs)
    }
}

impl Keep for Bare {
    async fn keep(&self) {
        let (reply, kept) = oneshot::channel();
        self.0.try_send(reply).unwrap();
        kept.await.unwrap();
    }
}

#[derive(Clone)]
struct Durable(Arc<Embedded>);

impl Keep for Durable {
    async fn keep(&self) {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let person = format!("person-{}", number % 1_000);
        let body = Body { bytes: BODY.as_bytes().to_vec(), is_sealed: false };
        let new_deliveries = NewDeliveries {
            event: format!("{number:032x}"),
            stream: format!("{number:032x}"),
            nonce: String::new(),
            hook: "postCreateUser".to_owned(),
            person: person.clone(),
            at_ms: jiff::Timestamp::now().as_millisecond(),
            window_ms: 60_000,
            trace: String::new(),
            deliveries: vec![NewDelivery { to: "itsm".to_owned(), ordering_key: person, body }],
        };
        assert_eq!(self.0.put(new_deliveries).await, Ok(true));
    }
}

/// Events a second that so many callers have kept, each one after the other.
fn kept(keeper: &impl Keep, callers: usize, length: Duration) -> f64 {
    runtime().block_on(async {
        let began = Instant::now();
        let mut running = JoinSet::new();
        for _ in 0..callers {
            let keeper = keeper.clone();
            running.spawn(async move {
                let mut count = 0_u32;
                while began.elapsed() < length {
                    keeper.keep().await;
                    count += 1;
                }
                f64::from(count)
            });
        }
        running.join_all().await.into_iter().sum::<f64>() / began.elapsed().as_secs_f64()
    })
}

/// A hook whose rule sends one delivery when the user is of a department; what is stored nobody brings meanwhile.
fn serve(file: PathBuf, department: &'static str) -> SocketAddr {
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let source = diagnostic::File::new("rules.yaml".to_owned(), RULE.replace("HOLDS", department));
        let sources = Sources::from_files(Path::new("rules"), vec![(Role::Yaml, Arc::new(source))]);
        let settings = "destinations: { itsm: { http: \"https://itsm.example\" } }\n".to_owned();
        let settings = diagnostic::File::new("gateway.yaml".to_owned(), settings);
        let tenant = hookgate::config::read(Some(settings), [], &[]).unwrap().tenant;
        let (live, _) = Live::build(&sources, &tenant).unwrap();
        let store = |place| -> Arc<dyn Store> { Arc::new(Embedded::start(place).unwrap()) };
        let (stored, memory) = (store(Place::File(file)), store(Place::Memory));
        let outbox = Outbox::of(
            &Settings::default(),
            Vec::new(),
            stored,
            memory,
            None,
            runtime.handle().clone(),
            &Tracer::default(),
        );
        let outside = Outside { outbox: Some(Arc::new(outbox)), ..Outside::default() };
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let settings = server::Settings { listen, workers: 1, ..server::Settings::default() };
        let server = bind(&settings, Arc::new(Gateway::with(live, outside))).unwrap();
        tell.send(server.address()).unwrap();
        server.run().unwrap();
    });
    told.recv().unwrap()
}

/// Requests a second, each about another person.
fn answered(address: SocketAddr, length: Duration) -> f64 {
    runtime().block_on(async {
        let began = Instant::now();
        let mut clients = JoinSet::new();
        for _ in 0..CONNECTIONS {
            clients.spawn(async move {
                let stream = TcpStream::connect(address).await.unwrap();
                stream.set_nodelay(true).unwrap();
                let mut buffer = [0; 4096];
                send(&stream, request().as_bytes()).await;
                let size = first_answer(&stream, &mut buffer, "{\"response\":{}}").await;
                let mut count = 1_u32;
                while began.elapsed() < length {
                    send(&stream, request().as_bytes()).await;
                    answer(&stream, &mut buffer, size).await;
                    count += 1;
                }
                f64::from(count)
            });
        }
        clients.join_all().await.into_iter().sum::<f64>() / began.elapsed().as_secs_f64()
    })
}

fn request() -> String {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let body = format!(r#"{{"request":{{"user":{{"login":"person-{number}","department":"Finance"}}}}}}"#);
    let head = "POST /webhook/postCreateUser HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    format!("{head}content-length: {}\r\n\r\n{body}", body.len())
}

/// The medians of two peers, measured in turn; not the same one always goes first.
fn medians(rounds: u64, mut one: impl FnMut() -> f64, mut other: impl FnMut() -> f64) -> (f64, f64) {
    let (mut ones, mut others) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        if round % 2 == 0 {
            ones.push(one());
            others.push(other());
        } else {
            others.push(other());
            ones.push(one());
        }
    }
    (median(&mut ones), median(&mut others))
}

/// Milliseconds of one claim where so many deliveries wait behind one that failed, and something else waits behind them.
fn claim_behind(deliveries: usize, file: PathBuf) -> f64 {
    runtime().block_on(async {
        let store = Embedded::start(Place::File(file)).unwrap();
        let put = async |event: String, ordering_key: &str, at_ms: i64| {
            let body = Body { bytes: BODY.as_bytes().to_vec(), is_sealed: false };
            let deliveries = vec![NewDelivery { to: "itsm".to_owned(), ordering_key: ordering_key.to_owned(), body }];
            let (hook, person) = ("postCreateUser".to_owned(), ordering_key.to_owned());
            let trace = String::new();
            let (stream, nonce) = (event.clone(), String::new());
            let event = NewDeliveries { event, stream, nonce, hook, person, at_ms, window_ms: 0, trace, deliveries };
            store.put(event).await.unwrap();
        };
        let claim = |now_ms| {
            let (to, worker) = ("itsm".to_owned(), "bench".to_owned());
            store.claim(Claim { to, worker, now_ms, lease_ms: 1_000, limit: 1, locked: Vec::new() })
        };
        put("first".to_owned(), "stuck", 1_000).await;
        let first = claim(1_000).await.unwrap().deliveries;
        let fate = Fate::Again { at_ms: i64::MAX, why: "down".to_owned() };
        store.settle(vec![Settled { id: first[0].id, worker: "bench".to_owned(), fate }]).await.unwrap();
        let mut all = futures_util::stream::FuturesUnordered::new();
        for n in 0..deliveries {
            all.push(put(format!("e{n}"), "stuck", 1_000));
            if all.len() == 500 {
                while all.next().await.is_some() {}
            }
        }
        while all.next().await.is_some() {}
        put("last".to_owned(), "free", 2_000).await;
        let began = Instant::now();
        let claimed = claim(3_000).await.unwrap().deliveries;
        assert_eq!(claimed[0].ordering_key, "free");
        began.elapsed().as_secs_f64() * 1_000.0
    })
}

fn main() {
    let length = Duration::from_millis(number("ROUND_MS", 1_000));
    let rounds = number("ROUNDS", 5);
    let folder = folder();
    println!("{rounds} rounds of {length:?} each, in turn; bytes of an event: {}\n", BODY.len());
    println!("{:<30} {:>12} {:>12} {:>6}", "events on the disk a second", "outbox", "bare file", "ratio");
    let bare = Bare::start(&folder.path().join("bare"));
    let durable = Durable(Arc::new(Embedded::start(Place::File(folder.path().join("outbox.db"))).unwrap()));
    for callers in CALLERS {
        let (durable, bare) = medians(rounds, || kept(&durable, callers, length), || kept(&bare, callers, length));
        println!("{callers:<30} {durable:>12.0} {bare:>12.0} {:>6.2}", durable / bare);
    }
    let with = serve(folder.path().join("with.db"), "Finance");
    let without = serve(folder.path().join("without.db"), "Sales");
    let (with, without) = medians(rounds, || answered(with, length), || answered(without, length));
    println!("\n{:<30} {:>12} {:>12} {:>6}", "a post hook, requests a second", "delivery", "none", "ratio");
    println!("{CONNECTIONS:<30} {with:>12.0} {without:>12.0} {:>6.2}", with / without);
    println!();
    for deliveries in [100, 100_000] {
        let millis = claim_behind(deliveries, folder.path().join(format!("behind-{deliveries}.db")));
        println!("a claim behind {deliveries} deliveries of one ordering key that failed: {millis:.1} ms");
    }
    // The servers run until the process ends; the folder goes before.
    drop(folder);
    std::process::exit(0);
}
