//! Deliveries into a real NATS server: acknowledged, in order, once in its window, and whatever becomes of the server.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_nats::jetstream::stream::Config;
use futures_util::future::join_all;
use hookgate::diagnostic::File;
use hookgate::engine::Delivery;
use hookgate::event::Trace;
use hookgate::outbox::{Attempt, Body, Failed, Opened, Outbox, Receiver, Row, StoredDelivery, Wanted};
use hookgate::telemetry::traces::Tracer;
use tokio::runtime::Handle;

use super::nats_server::NatsServer;
use crate::support::source::event as call;

const LOGIN: &str = "user: hookgate, password: s3cret-hookgate";
/// How long an attempt may take where a test says nothing else, in milliseconds.
const TIMEOUT_MS: u64 = 5_000;

/// Row of `destinations:` with these keys beside address and subject.
fn row(address: &str, keys: &str) -> String {
    format!(
        "  bus: {{ nats: \"{address}\", subject: hookgate.events, timeout_ms: {TIMEOUT_MS}, \
         retry: {{ first_ms: 20, most_ms: 100, age_ms: 60000 }}, {keys} }}\n"
    )
}

fn plain(server: &NatsServer, keys: &str) -> String {
    row(&format!("nats://127.0.0.1:{}", server.port), keys)
}

fn settings(folder: &Path, row: &str) -> hookgate::config::Settings {
    let text = format!("outbox: {{ file: \"{}\" }}\ndestinations:\n{row}", folder.join("outbox.db").display());
    let settings = hookgate::config::read(Some(File::new("gateway.yaml", text)), [], &[]);
    settings.unwrap_or_else(|report| panic!("{}", report.to_text(false)))
}

/// The receiver of a row, without an outbox before it.
fn receiver(row: &str) -> Arc<dyn Receiver> {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path(), row);
    settings.outbox.destinations[0].open().unwrap_or_else(|trouble| panic!("{trouble}"))
}

async fn outbox(folder: &Path, row: &str) -> Arc<Outbox> {
    let outbox = Outbox::open(&settings(folder, row).outbox, Handle::current(), &Tracer::default());
    let outbox = Arc::new(outbox.unwrap_or_else(|report| panic!("{}", report.to_text(false))));
    outbox.start().await;
    outbox
}

async fn send(outbox: &Outbox, person: &str, number: usize) {
    let mut event = call(0, &format!("{{\"login\":\"{person}\",\"number\":{number}}}"), None);
    event.context.now = jiff::Timestamp::now();
    let (to, rule) = ("bus".to_owned(), "tell".to_owned());
    let delivery = Delivery { to, key: person.to_owned(), body: number.to_string(), is_secret: false, rule };
    outbox.put(outbox.prepare("postCreateUser", &event, &[delivery], None).unwrap(), "id").await.unwrap();
}

const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn delivery(key: &str) -> StoredDelivery {
    StoredDelivery {
        id: 1,
        key: key.to_owned(),
        hook: "postCreateUser".to_owned(),
        person: "Zoë\r\nHookgate-Hook: another".to_owned(),
        to: "bus".to_owned(),
        ordering_key: "zoe".to_owned(),
        body: Body { bytes: Vec::new(), is_sealed: false },
        created_ms: 1_700_000_000_000,
        trace: String::new(),
        attempts: 0,
    }
}

async fn attempt(receiver: &Arc<dyn Receiver>, key: &str, body: &str) -> Attempt {
    let (delivery, trace) = (delivery(key), Trace::of_text(TRACE));
    receiver.send(Opened { delivery: &delivery, body, trace: trace.as_ref() }).await
}

/// What an attempt failed with.
async fn failed(receiver: &Arc<dyn Receiver>, body: &str) -> Failed {
    match attempt(receiver, "k", body).await {
        Attempt::Failed(failed) => failed,
        Attempt::Arrived => panic!("it arrived"),
    }
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let limit = Instant::now() + Duration::from_secs(30);
    while !holds().await {
        assert!(Instant::now() < limit, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn until_all_arrived(outbox: &Outbox) {
    until("all have arrived", async || outbox.store().count().await.unwrap().waiting == 0).await;
    assert_eq!(outbox.store().count().await.unwrap().dead, 0);
}

/// The first that waits, once an attempt has failed.
async fn first_failed(outbox: &Outbox) -> Row {
    let mut found = Vec::new();
    until("an attempt fails", async || {
        found = outbox.store().find(Wanted::default()).await.unwrap();
        found.first().is_some_and(|row| row.error.is_some())
    })
    .await;
    found.swap_remove(0)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/servers/run starts"]
async fn what_is_sent_twice_is_kept_once_with_its_key_and_whom_it_is_about() {
    let server = NatsServer::start();
    server.make_stream(Config::default()).await;
    let receiver = receiver(&plain(&server, LOGIN));
    let body = "{\"n\":12345678901234567890.10}";
    for (key, body) in [("k-1", body), ("k-1", body), ("k-2", "\"a text\""), ("k-1", body)] {
        assert_eq!(attempt(&receiver, key, body).await, Attempt::Arrived);
    }
    let kept = server.kept().await;
    assert_eq!(kept.iter().map(|one| &*one.body).collect::<Vec<_>>(), [body, "a text"]);
    assert_eq!(kept.iter().map(|one| one.header("Nats-Msg-Id")).collect::<Vec<_>>(), [Some("k-1"), Some("k-2")]);
    assert_eq!(kept[0].header("Content-Type"), Some("application/json"));
    assert_eq!(kept[1].header("Content-Type"), Some("text/plain; charset=utf-8"));
    assert_eq!(kept[0].header("traceparent"), Some(TRACE));
    assert_eq!(kept[0].header("Hookgate-Hook"), Some("postCreateUser"));
    assert_eq!(kept[0].header("Hookgate-Person"), Some("Zoë  Hookgate-Hook: another"));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/servers/run starts"]
async fn of_one_person_everything_comes_in_order() {
    let server = NatsServer::start();
    server.make_stream(Config::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let outbox = outbox(folder.path(), &plain(&server, LOGIN)).await;
    let people = ["asha", "vikram", "zoe"];
    for number in 0..50 {
        join_all(people.iter().map(|person| send(&outbox, person, number))).await;
    }
    until_all_arrived(&outbox).await;
    let kept = server.kept().await;
    assert_eq!(kept.len(), 150);
    for person in people {
        let theirs = kept.iter().filter(|one| one.header("Hookgate-Person") == Some(person));
        let numbers: Vec<usize> = theirs.map(|one| one.body.parse().unwrap()).collect();
        assert_eq!(numbers, (0..50).collect::<Vec<_>>(), "{person}");
    }
    outbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/servers/run starts"]
async fn without_a_stream_it_waits_until_one_is_made() {
    let server = NatsServer::start();
    let folder = tempfile::tempdir().unwrap();
    let outbox = outbox(folder.path(), &plain(&server, LOGIN)).await;
    send(&outbox, "asha", 1).await;
    let row = first_failed(&outbox).await;
    let why = row.error.unwrap();
    assert!(!row.is_dead && why.contains("no stream of the server takes the subject `hookgate.events`"), "{why}");
    server.make_stream(Config::default()).await;
    until_all_arrived(&outbox).await;
    let kept = server.kept().await;
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].header("Nats-Msg-Id"), Some(&*row.delivery.key));
    outbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/servers/run starts"]
async fn who_is_not_let_in_is_told_so_and_the_password_is_not() {
    let server = NatsServer::start();
    for keys in ["", "user: hookgate, password: s3cret-wrong,", "token: s3cret-wrong,"] {
        let failed = failed(&receiver(&plain(&server, keys)), "1").await;
        assert!(failed.is_of_receiver && !failed.is_final, "{failed:?}");
        assert!(failed.why.contains("the server does not let hookgate in"), "{failed:?}");
        assert!(!failed.why.contains("s3cret"), "{failed:?}");
    }
    for (user, subject) in [("mute", "hookgate.events"), ("deaf", "_INBOX.")] {
        let receiver = receiver(&plain(&server, &format!("user: {user}, password: s3cret-{user}")));
        // The second attempt is told as well as the first.
        for _ in 0..2 {
            let failed = failed(&receiver, "1").await;
            assert!(failed.is_of_receiver && !failed.is_final, "{failed:?}");
            assert!(failed.why.contains("gives no right") && failed.why.contains(subject), "{failed:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/servers/run starts"]
async fn a_token_lets_in() {
    let server = NatsServer::with("token: s3cret-token", false);
    let failed = failed(&receiver(&plain(&server, "token: s3cret-token")), "1").await;
    assert!(failed.why.contains("no stream"), "let in, and there is no stream: {failed:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/servers/run starts"]
async fn over_tls_only_a_server_that_an_authority_vouches_for_gets_anything() {
    let server = NatsServer::tls();
    server.make_stream(Config::default()).await;
    let trusting = |host: &str, ca: &str| {
        receiver(&row(
            &format!("tls://{host}:{}", server.port),
            &format!("ca: \"{}\", {LOGIN}", server.file(ca).display()),
        ))
    };
    assert_eq!(attempt(&trusting("localhost", "ca.pem"), "k", "1").await, Attempt::Arrived);
    // Another authority; and another name than the certificate's.
    for (host, ca) in [("localhost", "other-ca.pem"), ("127.0.0.1", "ca.pem")] {
        let failed = failed(&trusting(host, ca), "2").await;
        assert!(failed.is_of_receiver && failed.why.contains("certificate"), "{host}, {ca}: {failed:?}");
    }
    assert_eq!(server.kept().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/servers/run starts"]
async fn a_server_without_tls_gets_nothing_where_tls_is_meant() {
    let server = NatsServer::start();
    server.make_stream(Config::default()).await;
    let ca = server.file("ca.pem");
    let keys = format!("ca: \"{}\", {LOGIN}", ca.display());
    let receiver = receiver(&row(&format!("tls://localhost:{}", server.port), &keys));
    let failed = failed(&receiver, "1").await;
    assert!(failed.is_of_receiver, "{failed:?}");
    assert!(server.kept().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/servers/run starts"]
async fn what_is_larger_than_the_server_takes_is_refused_for_good() {
    let server = NatsServer::start();
    server.make_stream(Config { max_message_size: 2_000, ..Config::default() }).await;
    let receiver = receiver(&plain(&server, LOGIN));
    let body = |length: usize| format!("\"{}\"", "x".repeat(length));
    let refused = failed(&receiver, &body(65_536)).await;
    assert!(refused.is_final && refused.why.contains("65536 bytes"), "{refused:?}");
    let refused = failed(&receiver, &body(2_000)).await;
    assert!(refused.is_final && refused.why.contains("larger than the stream takes"), "{refused:?}");
    assert_eq!(attempt(&receiver, "k", &body(100)).await, Attempt::Arrived, "the connection is as it was");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/servers/run starts"]
async fn a_full_stream_keeps_it_waiting() {
    use async_nats::jetstream::stream::DiscardPolicy;
    let server = NatsServer::start();
    server.make_stream(Config { max_messages: 1, discard: DiscardPolicy::New, ..Config::default() }).await;
    let receiver = receiver(&plain(&server, LOGIN));
    assert_eq!(attempt(&receiver, "k-1", "1").await, Attempt::Arrived);
    let refused = failed(&receiver, "2").await;
    assert!(refused.is_of_receiver && !refused.is_final, "{refused:?}");
    assert!(refused.why.contains("the stream does not keep it"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/servers/run starts"]
async fn a_server_that_is_stopped_and_started_misses_nothing() {
    let mut server = NatsServer::start();
    server.make_stream(Config::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let outbox = outbox(folder.path(), &plain(&server, LOGIN)).await;
    for number in 0..10 {
        send(&outbox, "asha", number).await;
    }
    until_all_arrived(&outbox).await;
    server.stop();
    for number in 10..20 {
        send(&outbox, "asha", number).await;
    }
    let why = first_failed(&outbox).await.error.unwrap();
    assert!(why.contains("connection"), "{why}");
    server.run();
    until_all_arrived(&outbox).await;
    let numbers: Vec<usize> = server.kept().await.iter().map(|one| one.body.parse().unwrap()).collect();
    assert_eq!(numbers, (0..20).collect::<Vec<_>>());
    outbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/servers/run starts"]
async fn a_server_that_hangs_costs_the_timeout_and_gets_everything_once_afterwards() {
    const LIMIT: Duration = Duration::from_millis(500);
    let server = NatsServer::start();
    server.make_stream(Config::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let row = plain(&server, LOGIN).replace(&format!("timeout_ms: {TIMEOUT_MS}"), "timeout_ms: 500");
    let (lone, outbox) = (receiver(&row), outbox(folder.path(), &row).await);
    assert_eq!(attempt(&lone, "lone", "\"lone\"").await, Attempt::Arrived);
    send(&outbox, "asha", 0).await;
    until_all_arrived(&outbox).await;
    server.hang();
    // Over the connection there is nothing ends the attempt but its timeout; then another connection is tried.
    let gave_up = tokio::time::timeout(LIMIT, attempt(&lone, "lone", "\"lone\"")).await;
    assert!(gave_up.is_err(), "{gave_up:?}");
    let refused = failed(&lone, "\"lone\"").await;
    assert!(refused.is_of_receiver && refused.why.contains("no connection: timed out"), "{refused:?}");
    for number in 1..4 {
        send(&outbox, "asha", number).await;
    }
    let why = first_failed(&outbox).await.error.unwrap();
    assert!(["no answer in 500 ms", "no connection: timed out"].iter().any(|told| why.contains(told)), "{why}");
    server.go_on();
    until_all_arrived(&outbox).await;
    assert_eq!(attempt(&lone, "lone", "\"lone\"").await, Attempt::Arrived);
    let bodies: Vec<String> = server.kept().await.into_iter().map(|one| one.body).collect();
    assert_eq!(bodies, ["lone", "0", "1", "2", "3"], "the stream drops what it has had");
    outbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the servers that tests/servers/run starts"]
async fn doctor_is_told_which_stream_takes_it_and_that_none_does() {
    let server = NatsServer::start();
    let receiver = receiver(&plain(&server, LOGIN));
    let trouble = receiver.probe().await.unwrap_err();
    assert!(trouble.message.contains("no stream") && !trouble.help.is_empty(), "{trouble}");
    server.make_stream(Config::default()).await;
    let told = receiver.probe().await.unwrap();
    assert_eq!(told, "logged in without encryption; the stream `events` takes `hookgate.events`; nothing was sent");
    assert!(server.kept().await.is_empty());
}
