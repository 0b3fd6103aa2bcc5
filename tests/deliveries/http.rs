//! Deliveries over HTTP: what a receiver gets, and what its answer means, whatever it is.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hookgate::diagnostic::File;
use hookgate::engine::Delivery;
use hookgate::outbox::{Outbox, Wanted};
use hookgate::telemetry::traces::Tracer;
use tokio::runtime::Handle;

use crate::support::receiver::{HttpReceiver, Reply};
use crate::support::source::event as call;

/// An outbox in a folder of its own with these rows of `destinations`.
async fn outbox(folder: &std::path::Path, rows: &str) -> Arc<Outbox> {
    let file = folder.join("outbox.db");
    let text = format!("outbox: {{ file: \"{}\" }}\ndestinations:\n{rows}", file.display());
    let settings = hookgate::config::read(Some(File::new("gateway.yaml", text)), [], &[]);
    let settings = settings.unwrap_or_else(|report| panic!("{}", report.to_text(false)));
    let outbox = Outbox::open(&settings.outbox, Handle::current(), &Tracer::default());
    let outbox = Arc::new(outbox.unwrap_or_else(|report| panic!("{}", report.to_text(false))));
    outbox.start().await;
    outbox
}

fn row(name: &str, receiver: &HttpReceiver, more: &str) -> String {
    format!(
        "  {name}: {{ http: \"http://{}/events?x=1\", allow: [127.0.0.1], timeout_ms: 1000, retry: {{ first_ms: 20, most_ms: 100, age_ms: 20000 }}{more} }}\n",
        receiver.address
    )
}

async fn send(outbox: &Outbox, to: &str, event: &str, body: &str) {
    let mut event = call(0, &format!("{{\"login\":\"{event}\"}}"), None);
    event.context.now = jiff::Timestamp::now();
    let (to, rule) = (to.to_owned(), "tell".to_owned());
    let key = event.person().unwrap().into_owned();
    let delivery = Delivery { to, key, body: body.to_owned(), is_secret: false, rule };
    outbox.put(outbox.prepare("postCreateUser", &event, &[delivery], None).unwrap(), "id").await.unwrap();
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let limit = Instant::now() + Duration::from_secs(20);
    while !holds().await {
        assert!(Instant::now() < limit, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_gets_the_body_its_key_and_the_credentials() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = HttpReceiver::start(|_| Reply::Status(204, ""));
    let key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let more = format!(", method: put, bearer: s3cret, headers: {{ X-Tenant: acme }}, signature: [\"{key}\"]");
    let outbox = outbox(folder.path(), &row("itsm", &receiver, &more)).await;
    send(&outbox, "itsm", "one", "{\"n\":12345678901234567890.10}").await;
    until("it came", async || receiver.count() == 1).await;
    let got = receiver.got.lock().unwrap()[0].clone();
    assert_eq!(got.line, "PUT /events?x=1");
    assert_eq!(got.body, b"{\"n\":12345678901234567890.10}");
    let header = |name: &str| got.headers.get(name).map(String::as_str);
    assert_eq!(header("authorization"), Some("Bearer s3cret"));
    assert_eq!(header("x-tenant"), Some("acme"));
    assert_eq!(header("content-type"), Some("application/json"));
    assert_eq!(header("idempotency-key"), header("webhook-id"));
    let seconds: i64 = header("webhook-timestamp").unwrap().parse().unwrap();
    let signature = hookgate::outbox::Signature::new(&[key.to_owned().into()]).unwrap();
    assert_eq!(header("webhook-signature").unwrap(), signature.of(header("webhook-id").unwrap(), seconds, &got.body));
    until("it is done", async || outbox.store().count().await.unwrap().waiting == 0).await;
    outbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn envelopes_and_chats_have_their_own_form() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = HttpReceiver::start(|_| Reply::Status(200, ""));
    let rows = format!(
        "{}  chat: {{ slack: \"http://{}/\", allow: [127.0.0.1] }}\n",
        row("bus", &receiver, ", cloudevents: true"),
        receiver.address
    );
    let outbox = outbox(folder.path(), &rows).await;
    send(&outbox, "bus", "one", "{\"a\":1}").await;
    until("the envelope came", async || receiver.count() == 1).await;
    send(&outbox, "chat", "two", "\"hello\"").await;
    until("the message came", async || receiver.count() == 2).await;
    let bodies = receiver.bodies();
    assert!(bodies[0].contains("\"specversion\":\"1.0\"") && bodies[0].ends_with("\"data\":{\"a\":1}}"), "{bodies:?}");
    assert_eq!(bodies[1], "{\"text\":\"hello\"}");
    outbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_pass_is_tried_again_with_the_same_key_and_what_will_not_is_a_dead_letter() {
    for (reply, is_final) in [
        (Reply::Status(500, ""), false),
        (Reply::Status(503, "retry-after: 0\r\n"), false),
        (Reply::Status(429, ""), false),
        (Reply::Status(408, ""), false),
        (Reply::Reset, false),
        (Reply::Hang, false),
        (Reply::Status(400, ""), true),
        (Reply::Status(401, ""), true),
        (Reply::Status(404, ""), true),
        (Reply::Status(410, ""), true),
        (Reply::Status(302, "location: http://169.254.169.254/latest/meta-data\r\n"), true),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let first = reply.clone();
        let receiver = HttpReceiver::start(move |n| if n == 0 { first.clone() } else { Reply::Status(200, "") });
        let outbox = outbox(folder.path(), &row("itsm", &receiver, "")).await;
        send(&outbox, "itsm", "one", "\"x\"").await;
        let store = outbox.store();
        until(&format!("{reply:?} is settled"), async || store.count().await.unwrap().waiting == 0).await;
        let (dead, got) = (store.count().await.unwrap().dead, receiver.got.lock().unwrap().clone());
        assert_eq!((dead, got.len()), if is_final { (1, 1) } else { (0, 2) }, "{reply:?}");
        assert!(got.iter().all(|one| one.headers["idempotency-key"] == got[0].headers["idempotency-key"]));
        outbox.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_end_is_an_answer() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = HttpReceiver::start(|_| Reply::Endless);
    let outbox = outbox(folder.path(), &row("itsm", &receiver, "")).await;
    send(&outbox, "itsm", "one", "\"x\"").await;
    until("it is done", async || outbox.store().count().await.unwrap().waiting == 0).await;
    assert_eq!(receiver.count(), 1);
    outbox.stop().await;
}

/// It is read to its end, so that the connection can be used again. The rest of a long one is left unread.
#[tokio::test(flavor = "multi_thread")]
async fn a_short_answer_keeps_the_connection_and_a_long_one_costs_another() {
    for (bytes, least, most) in [(0, 1, 2), (8 << 10, 1, 2), (8 << 20, 5, 5)] {
        let folder = tempfile::tempdir().unwrap();
        let receiver = HttpReceiver::start(move |_| Reply::Long(bytes));
        let outbox = outbox(folder.path(), &row("itsm", &receiver, "")).await;
        for n in 0..5 {
            send(&outbox, "itsm", &format!("e{n}"), "\"x\"").await;
            until("it is done", async || outbox.store().count().await.unwrap().waiting == 0).await;
        }
        let connections = receiver.connections.load(std::sync::atomic::Ordering::Relaxed);
        assert!((least..=most).contains(&connections), "{connections} connections for answers of {bytes} bytes");
        assert_eq!(receiver.count(), 5);
        outbox.stop().await;
    }
}

/// Receivers of every bad kind beside a good one: what the good one waits for is printed, and is no more than without them
/// but for noise.
#[tokio::test(flavor = "multi_thread")]
async fn a_bad_receiver_holds_up_no_other() {
    let good = HttpReceiver::start(|_| Reply::Status(200, ""));
    let bad = [
        Reply::Hang,
        Reply::Reset,
        Reply::Status(500, ""),
        Reply::Endless,
        Reply::Status(302, "location: http://169.254.169.254/\r\n"),
    ];
    let bad: Vec<HttpReceiver> = bad.into_iter().map(|reply| HttpReceiver::start(move |_| reply.clone())).collect();
    let mut rows = row("good", &good, "");
    bad.iter().enumerate().for_each(|(n, receiver)| rows += &row(&format!("bad{n}"), receiver, ""));
    let mut medians = Vec::new();
    for with_bad in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let outbox = outbox(folder.path(), &rows).await;
        let mut waits = Vec::new();
        for n in 0..100 {
            for other in (0..bad.len()).filter(|_| with_bad) {
                send(&outbox, &format!("bad{other}"), &format!("b{n}-{other}"), "\"x\"").await;
            }
            let before = good.count();
            let began = Instant::now();
            send(&outbox, "good", &format!("g{n}"), "\"x\"").await;
            until("the good one has it", async || good.count() > before).await;
            waits.push(good.got.lock().unwrap()[before].at - began);
        }
        waits.sort();
        medians.push(waits[50]);
        println!("{} bad receivers: median {:?}, p95 {:?}", if with_bad { bad.len() } else { 0 }, waits[50], waits[95]);
        let settled = outbox.store().find(Wanted { to: Some("good".to_owned()), ..Wanted::default() }).await.unwrap();
        assert!(settled.len() <= 1, "{} wait", settled.len());
        outbox.stop().await;
    }
    // A receiver that hangs costs a second an attempt: were it waited for, the median would say so.
    assert!(medians[1] < medians[0] + Duration::from_millis(500), "{medians:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_address_is_called_only_where_it_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = HttpReceiver::start(|_| Reply::Status(200, ""));
    let rows = format!("  itsm: {{ http: \"http://localhost:{}/\" }}\n", receiver.address.port());
    let outbox = outbox(folder.path(), &rows).await;
    send(&outbox, "itsm", "one", "\"x\"").await;
    let store = outbox.store();
    until("it was tried", async || store.find(Wanted::default()).await.unwrap()[0].delivery.attempts > 0).await;
    let error = store.find(Wanted::default()).await.unwrap()[0].error.clone().unwrap();
    assert!(error.contains("not listed under `allow`"), "{error}");
    assert_eq!(receiver.count(), 0);
    outbox.stop().await;
}
