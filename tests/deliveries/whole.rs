//! An event with deliveries through the whole gateway: stored before the answer, turned away where it cannot be.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookgate::diagnostic::File;
use hookgate::gateway::{Answered, Gateway, Live, Outside, Reply};
use hookgate::outbox::{Destination, Embedded, Outbox, Place, Receiver, Seal, Settings, Store, Wanted};
use hookgate::rule::{Role, Sources};
use hookgate::telemetry::traces::Tracer;

use crate::support::outbox::{Played, destination};
use crate::support::server::tenant_of;
use crate::support::source::event;

const RULES: &str =
    "hook: postCreateUser\nrules: [{ name: tell, deliver: { to: itsm, body: { login: \"${user.login}\" } } }]\n";

fn gateway(outbox: Option<Arc<Outbox>>) -> Arc<Gateway> {
    gateway_of(RULES, outbox)
}

fn gateway_of(rules: &str, outbox: Option<Arc<Outbox>>) -> Arc<Gateway> {
    let file = Arc::new(File::new("rules.yaml".to_owned(), rules.to_owned()));
    let sources = Sources::from_files(Path::new("rules"), vec![(Role::Yaml, file)]);
    let tenant = tenant_of(
        "outbox: { memory_for_secrets: true }\ndestinations: { itsm: { http: \"https://itsm.example\", accepts: secrets } }\n",
    );
    let (live, _) = Live::build(&sources, &tenant).unwrap();
    Arc::new(Gateway::with(live, Outside { outbox, ..Outside::default() }))
}

fn outbox(place: Place, receiver: &Arc<Played>) -> Arc<Outbox> {
    outbox_with(place, receiver, None)
}

fn outbox_with(place: Place, receiver: &Arc<Played>, seal: Option<Seal>) -> Arc<Outbox> {
    let store = |place| -> Arc<dyn Store> { Arc::new(Embedded::start(place).unwrap()) };
    let receiver: Arc<dyn Receiver> = Arc::clone(receiver) as _;
    let receivers = vec![(Destination { accepts_secrets: true, ..destination("itsm") }, receiver)];
    let handle = tokio::runtime::Handle::current();
    let settings = Settings::default();
    Arc::new(Outbox::of(
        &settings,
        receivers,
        store(place),
        store(Place::Memory),
        seal.map(Arc::new),
        handle,
        &Tracer::default(),
    ))
}

async fn call(gateway: &Arc<Gateway>, login: &str) -> Reply {
    call_with(gateway, &format!("{{\"login\":\"{login}\"}}")).await
}

async fn call_with(gateway: &Arc<Gateway>, user: &str) -> Reply {
    let hook = gateway.hooks().position("postCreateUser").unwrap();
    let mut event = event(hook, user, None);
    event.context.now = jiff::Timestamp::now();
    match gateway.handle(event) {
        Answered::Now(reply) => reply,
        Answered::Later(reply) => reply.await,
    }
}

/// Waits until it holds; fails after ten seconds.
async fn until(holds: impl Fn() -> bool) {
    let limit = tokio::time::Instant::now() + Duration::from_secs(10);
    while !holds() {
        assert!(tokio::time::Instant::now() < limit, "it never came");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn what_an_event_sends_is_stored_before_the_answer_and_brought_after_it() {
    let receiver = Played::takes_all();
    let outbox = outbox(Place::Memory, &receiver);
    let gateway = gateway(Some(Arc::clone(&outbox)));
    assert_eq!(call(&gateway, "asha").await, Reply { status: 200, body: "{\"response\":{}}".to_owned() });
    assert_eq!(outbox.store().count().await.unwrap().waiting, 1, "stored, and nobody has brought it yet");
    outbox.start().await;
    until(|| receiver.bodies() == ["{\"login\":\"asha\"}"]).await;
    call(&gateway, "vikram").await;
    until(|| receiver.bodies().len() == 2).await;
    outbox.stop().await;
}

#[tokio::test]
async fn the_same_call_again_delivers_once() {
    let receiver = Played::takes_all();
    let outbox = outbox(Place::Memory, &receiver);
    let gateway = gateway(Some(Arc::clone(&outbox)));
    for login in ["asha", "asha", "vikram", "asha"] {
        assert_eq!(call(&gateway, login).await.status, 200);
    }
    assert_eq!(outbox.store().count().await.unwrap().waiting, 2);
}

/// What a person's calls come to, each a user without the login: which of their deliveries wait, in order.
async fn waiting_of(rules: &str, users: &[&str]) -> Vec<String> {
    let outbox = outbox(Place::Memory, &Played::takes_all());
    let gateway = gateway_of(rules, Some(Arc::clone(&outbox)));
    for user in users {
        let reply = call_with(&gateway, &format!("{{\"login\":\"asha\",{user}}}")).await;
        assert_eq!(reply.status, 200);
    }
    let found = outbox.store().find(Wanted::default()).await.unwrap();
    found.into_iter().map(|row| String::from_utf8(row.delivery.body.bytes).unwrap()).collect()
}

const TELL_DEPARTMENT: &str =
    "hook: postCreateUser\nrules: [{ name: tell, WHEN deliver: { to: itsm, body: \"${user.department}\" } }]\n";

#[tokio::test]
async fn what_was_undone_and_done_again_is_sent_again_and_a_repetition_is_not() {
    let rules = TELL_DEPARTMENT.replace("WHEN", "");
    let (sales, finance) = ("\"department\":\"Sales\"", "\"department\":\"Finance\"");
    let waiting = waiting_of(&rules, &[sales, sales, finance, sales, sales]).await;
    assert_eq!(waiting, ["\"Sales\"", "\"Finance\"", "\"Sales\""]);
    // Also where the rules send nothing of what came in between.
    let rules = TELL_DEPARTMENT.replace("WHEN", "when: { user.department: Sales },");
    assert_eq!(waiting_of(&rules, &[sales, finance, sales]).await, ["\"Sales\"", "\"Sales\""]);
    assert_eq!(waiting_of(&rules, &[finance, sales, sales]).await, ["\"Sales\""]);
    let by_script = "hook: postCreateUser\nrules:\n  - name: tell\n    script: if user.department == \"Sales\" { deliver(\"itsm\", user.department) }\n";
    assert_eq!(waiting_of(by_script, &[sales, finance, sales, sales]).await, ["\"Sales\"", "\"Sales\""]);
    let by_table = "hook: postCreateUser\nrules:\n  - name: tell\n    table:\n      inputs: [user.department]\n      \
                    outputs: [deliver itsm]\n      rows:\n        - [Sales, Sales]\n        - [Legal, Law]\n";
    assert_eq!(waiting_of(by_table, &[sales, finance, sales, sales]).await, ["\"Sales\"", "\"Sales\""]);
}

/// What goes into memory, and what into the store, are each asked what came in between.
#[tokio::test]
async fn what_sends_to_one_store_comes_in_between_in_the_other() {
    let rules = "hook: postCreateUser\nrules:\n  - { name: tell, deliver: { to: itsm, body: \"${user.department}\" } }\n  \
                 - { name: vault, when: { user.password: { present: true } }, deliver: { to: itsm, body: { password: \"${user.password}\" } } }\n";
    let outbox = outbox(Place::Memory, &Played::takes_all());
    let gateway = gateway_of(rules, Some(Arc::clone(&outbox)));
    let with = r#"{"login":"asha","department":"Sales","password":"Welcome@123"}"#;
    let without = r#"{"login":"asha","department":"Finance"}"#;
    for user in [with, with, without, with] {
        assert_eq!(call_with(&gateway, user).await.status, 200);
    }
    assert_eq!(outbox.store().count().await.unwrap().waiting, 3);
    assert_eq!(outbox.in_memory().await.unwrap().waiting, 2, "each change of the password but the repetition");
}

#[tokio::test]
async fn an_event_whose_deliveries_cannot_be_stored_is_turned_away() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::File(folder.path().join("nowhere/outbox.db"));
    let outbox = outbox(place, &Played::takes_all());
    let gateway = gateway(Some(Arc::clone(&outbox)));
    let reply = call(&gateway, "asha").await;
    assert_eq!(reply.status, 503);
    assert_eq!(reply.body, r#"{"code":"DeliveriesNotStored","requestId":"id"}"#);
    assert!(outbox.trouble().unwrap().message.contains("nowhere/outbox.db"));
    std::fs::create_dir(folder.path().join("nowhere")).unwrap();
    assert_eq!(call(&gateway, "asha").await.status, 200);
    assert_eq!(outbox.trouble(), None);
}

/// While nothing comes, too: something is stored to find out.
#[tokio::test]
async fn an_outbox_that_could_store_nothing_is_ready_as_soon_as_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = outbox(Place::File(folder.path().join("later/outbox.db")), &Played::takes_all());
    assert!(outbox.is_ready().await, "nobody has tried");
    assert_eq!(call(&gateway(Some(Arc::clone(&outbox))), "asha").await.status, 503);
    assert!(!outbox.is_ready().await && outbox.trouble().is_some());
    std::fs::create_dir(folder.path().join("later")).unwrap();
    assert!(outbox.is_ready().await && outbox.trouble().is_none());
    assert_eq!(outbox.store().count().await.unwrap().waiting, 0, "nothing of the try is left");
}

#[tokio::test]
async fn a_paused_destination_gets_nothing_until_it_goes_on() {
    let receiver = Played::takes_all();
    let outbox = outbox(Place::Memory, &receiver);
    let gateway = gateway(Some(Arc::clone(&outbox)));
    let own_ms = jiff::Timestamp::now().as_millisecond();
    assert!((0..60_000).contains(&(outbox.now_ms() - own_ms)), "{} and {own_ms}", outbox.now_ms());
    assert!(!outbox.pause("desk", true), "there is no such destination");
    assert_eq!(outbox.paused(), [""; 0]);
    assert!(outbox.pause("itsm", true));
    assert_eq!(outbox.paused(), ["itsm"], "once, though what waits in memory is brought by another courier");
    outbox.start().await;
    call(&gateway, "asha").await;
    assert!(!outbox.pause("desk", false));
    assert_eq!((outbox.paused(), receiver.bodies().len()), (vec!["itsm"], 0));
    assert!(outbox.pause("itsm", false));
    assert_eq!(outbox.paused(), [""; 0]);
    until(|| receiver.bodies().len() == 1).await;
    outbox.stop().await;
}

/// The fingerprint of a call in a process of its own: what its key begins with.
async fn fingerprint(user: &str, seal: Option<Seal>) -> String {
    let outbox = outbox_with(Place::Memory, &Played::takes_all(), seal);
    assert_eq!(call_with(&gateway(Some(Arc::clone(&outbox))), user).await.status, 200);
    let found = outbox.store().find(Wanted::default()).await.unwrap();
    found[0].delivery.key.split('-').next().unwrap().to_owned()
}

/// A key goes to the receiver and into a file. Of a call with a password it must not be what anybody could compute who
/// guesses the password and knows the rest.
#[tokio::test]
async fn the_key_of_a_call_with_a_password_is_no_help_in_guessing_it() {
    let (plain, secret) = ("{\"login\":\"asha\"}", "{\"login\":\"asha\",\"password\":\"Welcome@123\"}");
    assert_eq!(fingerprint(plain, None).await, fingerprint(plain, None).await);
    assert_ne!(fingerprint(secret, None).await, fingerprint(secret, None).await);
    // With a key of their own, gateways and restarts know the same call again all the same.
    let seal = |byte: u8| Some(Seal::read(&STANDARD.encode([byte; 32]).into()).unwrap());
    assert_eq!(fingerprint(secret, seal(1)).await, fingerprint(secret, seal(1)).await);
    assert_ne!(fingerprint(secret, seal(1)).await, fingerprint(secret, seal(2)).await);
}

#[tokio::test]
async fn deliveries_of_one_event_have_a_key_each_wherever_they_wait() {
    let rules = "hook: postCreateUser\nrules:\n  - name: tell\n    deliver:\n      - { to: itsm, body: { login: \"${user.login}\" } }\n      \
                 - { to: itsm, body: { password: \"${user.password}\" } }\n";
    let receiver = Played::takes_all();
    let outbox = outbox(Place::Memory, &receiver);
    let gateway = gateway_of(rules, Some(Arc::clone(&outbox)));
    assert_eq!(call_with(&gateway, "{\"login\":\"asha\",\"password\":\"Welcome@123\"}").await.status, 200);
    assert_eq!(outbox.store().count().await.unwrap().waiting, 1, "the one with the secret waits in memory");
    outbox.start().await;
    until(|| receiver.keys().len() == 2).await;
    let keys = receiver.keys();
    assert_ne!(keys[0], keys[1]);
    outbox.stop().await;
}

#[tokio::test]
async fn without_an_outbox_nothing_is_said_to_be_sent() {
    assert_eq!(call(&gateway(None), "asha").await.status, 503);
}

#[tokio::test]
async fn what_is_on_its_way_at_the_end_is_brought_after_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let place = || Place::File(folder.path().join("outbox.db"));
    let stuck = Played::new(|_, _, _| hookgate::outbox::Attempt::Failed(hookgate::outbox::Failed::of_receiver("down")));
    let first = outbox(place(), &stuck);
    let gateway = gateway(Some(Arc::clone(&first)));
    call(&gateway, "asha").await;
    first.start().await;
    until(|| stuck.bodies().len() == 1).await;
    first.stop().await;
    drop((gateway, first));
    let receiver = Played::takes_all();
    let second = outbox(place(), &receiver);
    second.start().await;
    until(|| receiver.bodies().len() == 1).await;
    assert_eq!(receiver.keys(), stuck.keys(), "with the same key");
    second.stop().await;
}
