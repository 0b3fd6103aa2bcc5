//! `hookgate outbox`: what an operator sees of deliveries that have not arrived, and what becomes of them.

use std::path::{Path, PathBuf};

use hookgate::outbox::{Body, Claim, Embedded, Fate, NewDeliveries, Place, Settled, Store, Wanted};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::outbox::new_deliveries;
use crate::support::post;
use crate::support::program::{Program, folder};
use crate::support::wait::until;

const SETTINGS: &str = "outbox: { file: data/outbox.db }\ndestinations: { itsm: { file: itsm.jsonl } }\n";
const HOUR_MS: i64 = 3_600_000;

fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

fn with_body(mut new_deliveries: NewDeliveries, body: &str, is_sealed: bool) -> NewDeliveries {
    new_deliveries.deliveries[0].body = Body { bytes: body.as_bytes().to_vec(), is_sealed };
    new_deliveries
}

/// Has the first delivery to this destination fail.
async fn fail(store: &Embedded, to: &str, fate: Fate) {
    let (to, worker) = (to.to_owned(), "test".to_owned());
    let claim = Claim { to, worker: worker.clone(), now_ms: now_ms(), lease_ms: 1_000, limit: 1, locked: Vec::new() };
    let id = store.claim(claim).await.unwrap().deliveries[0].id;
    store.settle(vec![Settled { id, worker, fate }]).await.unwrap();
}

/// An outbox with a dead letter, one that is tried again later, one that was never tried, and one with a secret.
async fn filled() -> (TempDir, Embedded) {
    let folder = folder(&[("gateway.yaml", SETTINGS), ("data/note.txt", "")]);
    let store = Embedded::start(Place::File(folder.path().join("data/outbox.db"))).unwrap();
    let old_ms = now_ms() - 5 * HOUR_MS;
    store.put(new_deliveries("refused", "vikram", "itsm", old_ms - HOUR_MS)).await.unwrap();
    fail(&store, "itsm", Fate::Dead { why: "status 400".to_owned() }).await;
    store.put(new_deliveries("tried", "asha", "siem", old_ms)).await.unwrap();
    let (at_ms, why) = (now_ms() + 8 * 60_000 + 30_000, "no connection".to_owned());
    fail(&store, "siem", Fate::Again { at_ms, why }).await;
    let body = r#"{"event":"joiner","n":12345678901234567890.10,"new":{"passwordText":"Welcome@123"}}"#;
    store.put(with_body(new_deliveries("waits", "asha", "itsm", old_ms + 1), body, false)).await.unwrap();
    store.put(with_body(new_deliveries("sealed", "meera", "vault", old_ms + 2), "ciphertext", true)).await.unwrap();
    (folder, store)
}

fn outbox(folder: &Path, words: &[&str]) -> Program {
    Program::new(["outbox"].into_iter().chain(words.iter().copied())).within(folder)
}

fn listed(folder: &Path, more: &[&str]) -> Vec<Value> {
    let words = [&["list", "--format", "json"], more].concat();
    let told = outbox(folder, &words).run().expect(0);
    told.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn key(folder: &Path, condition: &str) -> String {
    listed(folder, &["--where", condition])[0]["key"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_waits_and_the_dead_letters_have_a_line_each_the_oldest_first() {
    let (folder, _held) = filled().await;
    let told = outbox(folder.path(), &["list"]).run().expect(0);
    let lines: Vec<Vec<&str>> = told.lines().map(|line| line.split("  ").map(str::trim).collect()).collect();
    let cells = |line: usize| lines[line].iter().copied().filter(|cell| !cell.is_empty()).collect::<Vec<_>>();
    assert_eq!(cells(0), ["key", "to", "hook", "person", "state", "attempts", "age", "next", "last error"], "{told}");
    let (refused, tried, waits) = (cells(1), cells(2), cells(3));
    assert!(refused[0].starts_with("refused-") && refused[0].ends_with("-0"), "{told}");
    assert_eq!(refused[1..], ["itsm", "postCreateUser", "vikram", "dead", "1", "6 h", "never", "status 400"], "{told}");
    assert_eq!(tried[1..], ["siem", "postCreateUser", "asha", "waiting", "1", "5 h", "in 8 min", "no connection"]);
    assert_eq!(waits[1..], ["itsm", "postCreateUser", "asha", "waiting", "0", "5 h", "now"], "{told}");
    assert_eq!(lines.len(), 6, "{told}");
    assert!(told.ends_with("\nin all 3 waiting, 1 dead; the oldest that waits came 5 h ago\n"), "{told}");
}

#[tokio::test]
async fn conditions_choose_and_a_limit_says_that_there_are_more() {
    let (folder, _held) = filled().await;
    let keys = |more: &[&str]| -> Vec<String> {
        let rows = listed(folder.path(), more);
        rows.iter().filter_map(|row| Some(row["key"].as_str()?.split('-').next()?.to_owned())).collect()
    };
    assert_eq!(keys(&["--where", "person=asha"]), ["tried", "waits"]);
    assert_eq!(keys(&["--where", "person=asha,to=itsm"]), ["waits"]);
    assert_eq!(keys(&["--where", "person=asha", "--where", "to=siem"]), ["tried"]);
    assert_eq!(keys(&["--where", "state=dead"]), ["refused"]);
    assert_eq!(keys(&["--where", "state=waiting, hook=postCreateUser"]), ["tried", "waits", "sealed"]);
    assert_eq!(keys(&["--where", "hook=postUpdateUser"]), [""; 0]);
    assert_eq!(keys(&["--limit", "2"]), ["refused", "tried"]);
    let told = outbox(folder.path(), &["list", "--limit", "2"]).run().expect(0);
    assert!(told.contains("\nthe first 2; `--limit` and `--where` show others\nin all 3 waiting, 1 dead;"), "{told}");
    let told = outbox(folder.path(), &["list", "--where", "to=nobody"]).run().expect(0);
    assert_eq!(told, "in all 3 waiting, 1 dead; the oldest that waits came 5 h ago\n");
}

#[tokio::test]
async fn json_has_an_object_a_delivery_and_one_for_the_sum_and_no_body() {
    let (folder, _held) = filled().await;
    let rows = listed(folder.path(), &["--where", "state=dead"]);
    let mut row = rows[0].clone();
    assert!(row["stored"].take().as_str().unwrap().ends_with('Z') && row["key"].take().is_string());
    let wanted = json!({
        "key": null, "to": "itsm", "hook": "postCreateUser", "person": "vikram", "in_order_of": "vikram",
        "state": "dead", "attempts": 1, "stored": null, "next": null, "error": "status 400",
    });
    assert_eq!(row, wanted);
    assert_eq!((&rows[1]["waiting"], &rows[1]["dead"]), (&json!(3), &json!(1)));
    assert!(rows[1]["oldest"].is_string());
}

#[tokio::test]
async fn all_of_one_delivery_is_shown_but_for_what_is_secret() {
    let (folder, _held) = filled().await;
    let waits = key(folder.path(), "person=asha,to=itsm");
    let told = outbox(folder.path(), &["show", &waits]).run().expect(0);
    for wanted in [
        &format!("key          {waits}\n"),
        "to           itsm\n",
        "in order of  asha\n",
        "attempts     0 failed\n",
        "(5 h ago)\nnext         now\nlast error   none\nbody\n",
        r#"  {"event":"joiner","n":12345678901234567890.10,"new":{"passwordText":"(hidden)"}}"#,
    ] {
        assert!(told.contains(wanted), "{wanted} is not in\n{told}");
    }
    let sealed = outbox(folder.path(), &["show", &key(folder.path(), "person=meera")]).run().expect(0);
    assert!(sealed.ends_with("body\n  (hidden)\n"), "{sealed}");
    let dead = outbox(folder.path(), &["show", &key(folder.path(), "state=dead")]).run().expect(0);
    assert!(dead.contains("last error   status 400\n") && dead.contains("next         never"), "{dead}");
    let told = outbox(folder.path(), &["show", "refused-0-9"]).run().expect(1);
    assert_eq!(told, "no delivery has this key: it arrived, or was dropped\n");
}

/// Names and logins are a caller's words: none may steer an operator's terminal.
#[tokio::test]
async fn what_a_caller_wrote_steers_no_terminal() {
    let (folder, store) = filled().await;
    let odd = with_body(new_deliveries("odd", "a\u{1b}[2J\nin all\u{202e}", "itsm", now_ms()), "\"\u{9b}2J\"", false);
    store.put(odd).await.unwrap();
    let listed = outbox(folder.path(), &["list"]).run().expect(0);
    let shown = outbox(folder.path(), &["show", &key(folder.path(), "state=waiting,to=itsm")]).run().expect(0);
    assert!(!shown.is_empty() && listed.contains(r"a\u001b[2J\nin all\u202e"), "{listed}");
    let odd = listed.lines().find(|line| line.starts_with("odd-")).unwrap().split(' ').next().unwrap().to_owned();
    let shown = outbox(folder.path(), &["show", &odd]).run().expect(0);
    assert!(shown.ends_with("  \"\\u009b2J\"\n"), "{shown}");
    assert!(!(listed + &shown).contains(['\u{1b}', '\u{9b}', '\u{202e}']));
}

#[tokio::test]
async fn dead_letters_are_sent_again_with_all_attempts_anew() {
    let (folder, store) = filled().await;
    let dead = key(folder.path(), "state=dead");
    assert_eq!(outbox(folder.path(), &["redrive", "--where", "to=siem"]).run().expect(1), "no such dead letter\n");
    let told = outbox(folder.path(), &["redrive", "--where", "to=itsm"]).run().expect(0);
    assert_eq!(told, "1 dead letter is due now, with all attempts anew\n");
    let row = store.find(Wanted { key: Some(dead), ..Wanted::default() }).await.unwrap().remove(0);
    assert!(!row.is_dead && row.delivery.attempts == 0 && (now_ms() - row.due_ms) < HOUR_MS);
    assert_eq!(store.count().await.unwrap().waiting, 4);
}

#[tokio::test]
async fn what_waits_is_sent_again_at_once() {
    let (folder, store) = filled().await;
    let tried = key(folder.path(), "to=siem");
    let told = outbox(folder.path(), &["retry", &tried]).run().expect(0);
    assert_eq!(told, "1 delivery is due now, with all attempts anew\n");
    let row = store.find(Wanted { key: Some(tried), ..Wanted::default() }).await.unwrap().remove(0);
    assert!(row.due_ms <= now_ms() && row.delivery.attempts == 0);
    let told = outbox(folder.path(), &["retry", "--where", "hook=postCreateUser"]).run().expect(0);
    assert_eq!(told, "4 deliveries are due now, with all attempts anew\n");
    assert_eq!(store.count().await.unwrap().dead, 0, "also dead letters");
    assert_eq!(outbox(folder.path(), &["retry", "nothing-0-0"]).run().expect(1), "no such delivery\n");
}

#[tokio::test]
async fn several_are_dropped_only_by_whoever_says_so() {
    let (folder, store) = filled().await;
    let count = async || store.find(Wanted::default()).await.unwrap().len();
    let told = outbox(folder.path(), &["drop", "--where", "person=asha"]).run().refused(2);
    assert!(told.contains("nothing was dropped") && told.contains("add `--yes`"), "{told}");
    assert_eq!(count().await, 4);
    let told = outbox(folder.path(), &["drop", "--where", "person=asha", "--yes"]).run().expect(0);
    assert_eq!(told, "2 deliveries are forgotten\n");
    let one = key(folder.path(), "state=dead");
    assert_eq!(outbox(folder.path(), &["drop", &one]).run().expect(0), "1 delivery is forgotten\n");
    assert_eq!(outbox(folder.path(), &["drop", &one]).run().expect(1), "no such delivery\n");
    assert_eq!(count().await, 1);
}

#[tokio::test]
async fn a_condition_that_means_nothing_is_told_and_nothing_is_done() {
    let (folder, store) = filled().await;
    for (condition, wanted) in [
        ("persn=asha", "did you mean `person=…`?"),
        ("destination=itsm", "write `to=`, `hook=`, `person=`, `key=` or `state=`"),
        ("state=ded", "did you mean `dead`?"),
        ("state=delivered", "a delivery is `waiting` or `dead`"),
        ("to=", "says no value"),
        ("to=itsm,", "means nothing"),
        ("itsm", "means nothing"),
        ("to=itsm,to=siem", "says `to` twice"),
    ] {
        for words in [&["list"][..], &["retry"], &["redrive"], &["drop", "--yes"]] {
            let told = outbox(folder.path(), &[words, &["--where", condition]].concat()).run().refused(2);
            assert!(told.contains(wanted), "{condition}: {told}");
        }
    }
    let told = outbox(folder.path(), &["redrive", "--where", "state=waiting"]).run().refused(2);
    assert!(told.contains("`hookgate outbox retry`"), "{told}");
    for words in [&["retry"][..], &["drop", "--yes"], &["redrive"], &["drop", "key", "--where", "to=itsm"], &["show"]] {
        outbox(folder.path(), words).run().refused(2);
    }
    let count = store.count().await.unwrap();
    assert_eq!((count.waiting, count.dead), (3, 1));
}

#[test]
fn an_outbox_that_is_not_there_is_not_made() {
    let folder = folder(&[("gateway.yaml", SETTINGS), ("data/note.txt", "")]);
    for words in [&["list"][..], &["show", "k"], &["retry", "k"], &["redrive", "k"], &["drop", "k"]] {
        let told = outbox(folder.path(), words).run().refused(2);
        assert!(told.contains("there is no outbox `data/outbox.db`") && told.contains("help: `outbox.file`"), "{told}");
    }
    let left: Vec<PathBuf> =
        std::fs::read_dir(folder.path().join("data")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(left, [folder.path().join("data/note.txt")]);
}

#[test]
fn a_damaged_outbox_is_told_with_what_to_do() {
    let folder = folder(&[("gateway.yaml", SETTINGS), ("data/outbox.db", &"this is no database at all: ".repeat(200))]);
    let told = outbox(folder.path(), &["list"]).run().refused(2);
    assert!(told.contains("data/outbox.db` is damaged") && told.contains("help: move it away"), "{told}");
}

/// Beside a gateway that runs: what could not be delivered is seen, and delivered when the operator says so.
#[test]
fn an_operator_helps_a_gateway_that_runs() {
    let settings = "outbox: { file: outbox.db }\n\
                    destinations: { siem: { file: later/siem.jsonl, retry: { first_ms: 3600000, most_ms: 3600000 } } }\n";
    let rules =
        "hook: postCreateUser\nrules: [{ name: tell, deliver: { to: siem, body: { login: \"${user.login}\" } } }]\n";
    let folder = folder(&[("gateway.yaml", settings), ("rules/tell.yaml", rules)]);
    let served = Program::new(["serve", "--listen", "127.0.0.1:0"]).within(folder.path()).serve();
    let call = |login: &str| {
        let body = json!({ "request": { "user": { "login": login } } }).to_string();
        assert_eq!(post(served.address, "/webhook/postCreateUser", body.as_bytes()).status, 200);
    };
    ["asha", "vikram", "meera"].into_iter().for_each(call);
    until("all were tried", || listed(folder.path(), &[]).iter().filter(|row| row["attempts"] == 1).count() == 3);
    let told = outbox(folder.path(), &["list"]).run().expect(0);
    assert!(told.contains(" min  the file cannot be written"), "{told}");
    let meera = key(folder.path(), "person=meera");
    outbox(folder.path(), &["drop", &meera]).run().expect(0);
    std::fs::create_dir(folder.path().join("later")).unwrap();
    let told = outbox(folder.path(), &["retry", "--where", "to=siem"]).run().expect(0);
    assert_eq!(told, "2 deliveries are due now, with all attempts anew\n");
    until("both arrived", || listed(folder.path(), &[]).len() == 1);
    let arrived = std::fs::read_to_string(folder.path().join("later/siem.jsonl")).unwrap();
    assert_eq!(arrived.lines().count(), 2, "{arrived}");
    assert!(arrived.contains("\"asha\"") && arrived.contains("\"vikram\""), "{arrived}");
    let (code, log) = served.stop();
    assert!(code == Some(0) && !log.contains("\"level\":\"error\""), "{log}");
}
