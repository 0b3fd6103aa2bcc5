//! Deliveries in the browser: what waits and why, sent again, dropped with a reason, a destination paused.

use std::fs;

use crate::support::client::post;
use crate::support::program::{Program, Served, folder};
use crate::support::wait::until;

use super::browser::{Browser, leads_to};
use super::opened::browser;
use super::{PASSWORD, USERS};
use hookgate::server::hash_password;

const RULES: &str =
    "hook: postCreateUser\nrules:\n  - { name: tell, deliver: { to: itsm, body: { login: \"${user.login}\" } } }\n";
const BODY: &[u8] = br#"{"request":{"user":{"login":"zanele.canary"}}}"#;

fn serve() -> (tempfile::TempDir, Served) {
    let hash = hash_password(&PASSWORD.into()).unwrap();
    let settings =
        format!("admin:\n{}destinations: {{ itsm: {{ file: out/itsm.jsonl }} }}\n", USERS.replace("HASH", &hash));
    let dir = folder(&[("gateway.yaml", &settings), ("rules/a.yaml", RULES), ("out/.keep", ""), ("state/.keep", "")]);
    let program = Program::new(["serve", "--listen", "127.0.0.1:0"]).within(dir.path());
    let program = program.env("HOOKGATE_JOURNAL_FILE", "journal.jsonl").env("HOOKGATE_RELOAD_STATE", "state");
    (dir, program.serve())
}

/// The word that forms of this visitor send along.
fn csrf(page: &str) -> String {
    let at = page.split("name=\"csrf\" value=\"").nth(1).unwrap();
    at.split('"').next().unwrap().to_owned()
}

#[test]
fn a_paused_destination_gets_nothing_until_it_is_resumed_and_everybody_is_told() {
    let (dir, served) = serve();
    let mut asha = browser(&served, "asha");
    let page = asha.get("/console/deliveries").body;
    let csrf = csrf(&page);
    let act = |browser: &mut Browser, path: &str, form: &str| {
        let answer = browser.post(path, &format!("csrf={csrf}&{form}"));
        (answer.status, answer.header("location").unwrap_or_default().to_owned(), answer.body.clone())
    };
    assert_eq!(act(&mut asha, "/console/deliveries/pause", "to=nothing&does=pause").0, 404);
    assert_eq!(act(&mut asha, "/console/deliveries/pause", "to=itsm&does=pause").0, 303);
    assert_eq!(served.ask("GET", "/ready", "").json()["destinations_paused"], serde_json::json!(["itsm"]));
    let metrics = served.ask("GET", "/metrics", "").body;
    assert!(metrics.contains("hookgate_destination_paused{destination=\"itsm\"} 1"), "{metrics}");
    // The same event twice would be a repetition.
    for body in [BODY, br#"{"request":{"user":{"login":"ravi.iyer"}}}"#] {
        assert_eq!(post(served.address, "/webhook/postCreateUser", body).status, 200);
    }
    let page = asha.get("/console/deliveries?done=pause&to=itsm").body;
    for text in ["paused", "zanele.canary", "waiting", "until somebody resumes it, or hookgate restarts"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!dir.path().join("out/itsm.jsonl").exists());
    let person = asha.get("/console/person?q=zanele.canary").body;
    assert!(person.contains("no failed attempt yet"), "{person}");
    let key = page.split("/console/deliveries/one?key=").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let one = asha.get(&format!("/console/deliveries/one?key={key}&part=1")).body;
    assert!(one.contains("Drop it") && one.contains("zanele.canary"), "{one}");
    // A reason is needed, and is recorded.
    let refused = act(&mut asha, "/console/deliveries/change", &format!("key={key}&does=drop&reason="));
    assert!(refused.0 == 422 && refused.2.contains("no reason is written"), "{refused:?}");
    let dropped = act(&mut asha, "/console/deliveries/change", &format!("key={key}&does=drop&reason=sent+by+hand"));
    assert_eq!((dropped.0, &*dropped.1), (303, "/console/deliveries?done=drop&count=1"));
    assert_eq!(asha.get(&format!("/console/deliveries/one?key={key}")).status, 404);
    assert_eq!(act(&mut asha, "/console/deliveries/pause", "to=itsm&does=resume").0, 303);
    until("the other one arrives", || dir.path().join("out/itsm.jsonl").exists());
    assert_eq!(served.ask("GET", "/ready", "").json()["destinations_paused"], serde_json::json!([]));
    let used = fs::read_to_string(dir.path().join("state/console.jsonl")).unwrap();
    for does in ["pause destination", "drop delivery: sent by hand", "resume destination"] {
        assert!(used.contains(does), "{does}: {used}");
    }
    let lines = fs::read_to_string(dir.path().join("out/itsm.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), 1, "{lines}");
}

#[test]
fn whoever_may_only_look_changes_nothing_and_sees_nobody() {
    let (_dir, served) = serve();
    let mut ravi = browser(&served, "ravi");
    let page = ravi.get("/console/deliveries");
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("Pause"), "{}", page.body);
    let csrf = csrf(&page.body);
    for (path, form) in
        [("/console/deliveries/pause", "to=itsm&does=pause"), ("/console/deliveries/change", "key=x&does=retry")]
    {
        assert_eq!(ravi.post(path, &format!("csrf={csrf}&{form}")).status, 403, "{path}");
    }
    let mut nobody = Browser::new(served.admin);
    assert_eq!(leads_to(&nobody.get("/console/deliveries")), (303, "/console/login?to=%2Fconsole%2Fdeliveries"));
}
