//! The whole server against a bare handler of the same HTTP library: `cargo bench --bench server`. Passes or fails nothing.
//!
//! Both run in this process with one worker each and are loaded in turn, by the same bounded load over 127.0.0.1. The bare
//! handler parses the body into a tree and echoes the user; hookgate decides by mixed rules and answers the same bytes.
//! Every call brings a token, as the platform's do; one peer checks it (HS256), the others leave it alone.
//! Beside requests a second the processor time of the server's own threads is told, which other programs disturb less.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a benchmark fails by panicking")]

mod load;
mod mixed;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use actix_web::rt::System;
use actix_web::{App, HttpResponse, HttpServer, web};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hookgate::gateway::Gateway;
use hookgate::outside::Credential;
use hookgate::server::{AuthSettings, Claim, Guarded, JwtSecret, JwtSettings, Settings, bind};

use load::{loaded, median, number};

const CONNECTIONS: usize = 32;
const RULES: [usize; 3] = [10, 1_000, 10_000];
const BODY_BYTES: [usize; 3] = [280, 4096, 65_536];
/// Of the bare handler's requests a second, by the size of the body.
const GOALS: [f64; 3] = [1.0, 2.0, 2.0];

const SECRET: &str = "a secret of the platform, long enough";

/// A running server: where it listens, and the threads that it has.
struct Peer {
    name: String,
    address: SocketAddr,
    threads: Vec<String>,
    /// Requests a second, and processor microseconds a request, by round.
    rates: Vec<f64>,
    costs: Vec<f64>,
}

fn threads() -> BTreeSet<String> {
    let names = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    names.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// Seconds of processor time of some threads of this process; 0 where the system does not tell.
fn processor_seconds(threads: &[String]) -> f64 {
    let nanos = |thread: &String| {
        let text = std::fs::read_to_string(format!("/proc/self/task/{thread}/schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<f64>().ok()
    };
    threads.iter().filter_map(nanos).sum::<f64>() / 1e9
}

impl Peer {
    fn start(name: String, run: impl FnOnce(mpsc::Sender<SocketAddr>) + Send + 'static) -> Self {
        let before = threads();
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || run(tell));
        let address = told.recv().unwrap();
        // The first answer proves that all its threads are there.
        loaded(address, &bearer(), &mixed::body(50, 280), 1, Duration::from_millis(100));
        let threads = threads().difference(&before).cloned().collect();
        Self { name, address, threads, rates: Vec::new(), costs: Vec::new() }
    }

    fn round(&mut self, body: &str, length: Duration) {
        let cost = processor_seconds(&self.threads);
        let began = Instant::now();
        let answered = loaded(self.address, &bearer(), body, CONNECTIONS, length);
        let took = began.elapsed().as_secs_f64();
        self.rates.push(answered / took);
        self.costs.push((processor_seconds(&self.threads) - cost) * 1e6 / answered);
    }
}

/// A token as the platform signs it, for an hour.
fn token() -> String {
    let now = jiff::Timestamp::now().as_second();
    let claims = format!(
        r#"{{"sub":"admin","delegatee":null,"delegateeId":null,"firstLogin":false,"roles":["ORG_ADMIN","USER"],"tenantId":"as100","exp":{},"userId":"6214db7bd661a57386a71f10","iat":{now}}}"#,
        now + 3600
    );
    let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256"}"#), URL_SAFE_NO_PAD.encode(claims));
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(hmac::sign(&key, text.as_bytes())))
}

/// The header with such a token.
fn bearer() -> String {
    format!("authorization: Bearer {}\r\n", token())
}

/// Only who has such a token comes in.
fn hs256() -> AuthSettings {
    let secret = JwtSecret { secret: Credential::read(SECRET).unwrap(), is_base64: false, claims: Vec::new() };
    let what = JwtSettings {
        secrets: vec![secret],
        keys: Vec::new(),
        jwks: None,
        algorithms: Vec::new(),
        leeway: Duration::ZERO,
        issuers: Vec::new(),
        audiences: Vec::new(),
        claims: vec![Claim { name: "tenantId".to_owned(), accepted: vec!["as100".to_owned()] }],
    };
    AuthSettings { jwt: Some(Guarded { what, observe: false }), ..AuthSettings::default() }
}

fn gateway(rules: usize, auth: AuthSettings, tell: mpsc::Sender<SocketAddr>) {
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let settings = Settings { listen, workers: 1, auth, ..Settings::default() };
    let (live, _) = mixed::rules(rules, 0);
    let server = bind(&settings, Arc::new(Gateway::new(live))).unwrap();
    tell.send(server.address()).unwrap();
    drop(tell);
    server.run().unwrap();
}

async fn echo(body: web::Bytes) -> HttpResponse {
    let mut event: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let user = event["request"]["user"].take();
    HttpResponse::Ok().json(serde_json::json!({ "response": { "data": user } }))
}

fn bare(tell: mpsc::Sender<SocketAddr>) {
    let serve = async move {
        let app = || App::new().route("/webhook/validateUser", web::post().to(echo));
        let server = HttpServer::new(app).workers(1).tcp_nodelay(true).bind(("127.0.0.1", 0)).unwrap();
        tell.send(server.addrs()[0]).unwrap();
        drop(tell);
        server.disable_signals().run().await.unwrap();
    };
    System::new().block_on(serve);
}

fn main() {
    let length = Duration::from_millis(number("ROUND_MS", 1_000));
    let rounds = number("ROUNDS", 5);
    let mut peers = vec![Peer::start("bare".to_owned(), bare)];
    for rules in RULES {
        peers.push(Peer::start(format!("{rules} rules"), move |tell| gateway(rules, AuthSettings::default(), tell)));
    }
    peers.push(Peer::start(format!("{} + HS256", RULES[0]), |tell| gateway(RULES[0], hs256(), tell)));
    println!("{CONNECTIONS} connections, {rounds} rounds of {length:?} each; ratios to the bare handler\n");
    println!(
        "{:<13} {:>6} {:>11} {:>21} {:>6} {:>19}",
        "", "bytes", "requests/s", "processor µs/request", "ratio", "by processor time"
    );
    let (mut verdicts, mut tokens) = (String::new(), String::new());
    for (bytes, goal) in BODY_BYTES.into_iter().zip(GOALS) {
        let body = mixed::body(50, bytes);
        peers.iter_mut().for_each(|peer| peer.round(&body, length / 4));
        peers.iter_mut().for_each(|peer| (peer.rates.clear(), peer.costs.clear()).0);
        for _ in 0..rounds {
            // Not the same one always goes first.
            peers.rotate_left(1);
            peers.iter_mut().for_each(|peer| peer.round(&body, length));
        }
        let turned = usize::try_from(rounds).unwrap() % peers.len();
        peers.rotate_right(turned);
        let medians: Vec<(f64, f64)> =
            peers.iter_mut().map(|peer| (median(&mut peer.rates), median(&mut peer.costs))).collect();
        let (bare, bare_cost) = medians[0];
        let ((_, without), (_, with)) = (medians[1], medians[medians.len() - 1]);
        let _ = writeln!(
            tokens,
            "checking a token (HS256), {bytes} bytes: {:.2} µs of processor time, {:.2} of the same call without",
            with - without,
            with / without
        );
        for (peer, (rate, cost)) in peers.iter().zip(&medians) {
            let (name, ratio, by_cost) = (&peer.name, rate / bare, bare_cost / cost);
            println!("{name:<13} {:>6} {rate:>11.0} {cost:>21.2} {ratio:>6.2} {by_cost:>19.2}", body.len());
            if name != "bare" {
                let word = if ratio >= goal { "PASS" } else { "FAIL" };
                let _ =
                    writeln!(verdicts, "{word} {name}, {bytes} bytes: {ratio:.2} of the bare handler (goal {goal})");
            }
        }
    }
    println!("\n{verdicts}{tokens}");
    // The servers run until the process ends.
    std::process::exit(0);
}
