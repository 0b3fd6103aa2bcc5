//! The screen *Now*: what each may see of it, the last hour, a refused change, and other gateways.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use super::browser::Browser;
use super::opened::browser;
use super::{PASSWORD, USERS, serve, with_users};
use crate::support::client::post;
use crate::support::program::{Program, Served, folder};
use crate::support::wait::until;

const USER: &[u8] = br#"{"request":{"user":{"login":"asha.rao","userType":"Vendor"}}}"#;
/// What stands on the page of those alone who may look.
const NAMES: [&str; 4] = ["validateUser", "Rules in force", "What it leans on", "hookgate-journal.jsonl"];

/// A gateway with two users, which records.
fn recording() -> (tempfile::TempDir, Served) {
    let hash = hookgate::server::hash_password(&PASSWORD.into()).unwrap();
    let settings = format!("admin:\n{}", USERS.replace("HASH", &hash));
    let dir = folder(&[("gateway.yaml", &settings), ("rules/a.yaml", super::RULES)]);
    let program = Program::new(["serve", "--listen", "127.0.0.1:0"]).within(dir.path());
    let served = program.env("HOOKGATE_JOURNAL_FILE", "hookgate-journal.jsonl").serve();
    (dir, served)
}

/// The words of a page, without its elements.
fn words(html: &str) -> String {
    let mut out = String::new();
    for part in html.split('<') {
        out += part.split_once('>').map_or("", |(_, text)| text);
        out.push(' ');
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn numbers_and_states_are_shown_to_everybody_and_names_to_those_who_may_look() {
    let (_dir, served) = recording();
    for _ in 0..3 {
        assert_eq!(post(served.address, "/webhook/validateUser", USER).status, 200);
    }
    assert_ne!(post(served.address, "/webhook/validateUser", b"no JSON").status, 200);
    let stranger = words(&Browser::new(served.admin).get("/console").body);
    for seen in [
        "ready this gateway",
        "4 requests in the last hour",
        "1 rules in force",
        "recording journal",
        "All hooks: 4 requests",
    ] {
        assert!(stranger.contains(seen), "{seen}: {stranger}");
    }
    for name in NAMES {
        assert!(!stranger.contains(name), "{name}: {stranger}");
    }
    let mut browser = browser(&served, "ravi");
    let page = browser.get("/console").body;
    for name in NAMES {
        assert!(words(&page).contains(name), "{name}: {page}");
    }
    assert!(words(&page).contains("3 rejected 1 refused"), "{page}");
    assert!(page.contains("validateUser: 4 requests in the last hour, 1 of them not answered; at most "), "{page}");
    for hidden in ["asha.rao", PASSWORD, "NoVendors"] {
        assert!(!words(&page).contains(hidden), "{hidden}: {page}");
    }
}

#[test]
fn a_refused_change_is_told_with_its_findings_to_those_who_may_look() {
    let (dir, served) = with_users();
    let broken =
        "hook: validateUser\ncodes: { A: b }\nrules:\n  - { name: '<b>x</b>', when: { user.a: 1 }, reject: Missing }\n";
    fs::write(dir.path().join("rules/a.yaml"), broken).unwrap();
    let mut browser = browser(&served, "ravi");
    let mut page = String::new();
    until("the change is refused", || {
        page = browser.get("/console").body;
        page.contains("A change of the rules was refused")
    });
    assert!(page.contains("rules/a.yaml:4") && page.contains("Missing"), "{page}");
    assert!(!page.contains("<b>x</b>"), "{page}");
    let stranger = Browser::new(served.admin).get("/console").body;
    assert!(stranger.contains("A change of the rules was refused"), "{stranger}");
    assert!(!stranger.contains("rules/a.yaml") && !stranger.contains("Missing"), "{stranger}");
}

#[test]
fn what_a_rule_decided_that_is_gone_stays_in_the_hour() {
    let (dir, served) = with_users();
    (0..3).for_each(|_| assert_eq!(post(served.address, "/webhook/validateUser", USER).status, 200));
    fs::write(dir.path().join("rules/a.yaml"), super::RULES.replace("name: a", "name: b")).unwrap();
    let mut browser = browser(&served, "ravi");
    until("the rules are replaced", || words(&browser.get("/console").body).contains("1 loaded, 0 refused"));
    post(served.address, "/webhook/validateUser", USER);
    let page = words(&browser.get("/console").body);
    assert!(page.contains("4 rejected"), "{page}");
}

#[test]
fn what_changes_is_sent_to_a_page_that_is_open() {
    let (_dir, served) = with_users();
    let browser = browser(&served, "ravi");
    let mut stream = TcpStream::connect(served.admin).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let cookies = browser.cookie_header();
    write!(stream, "GET /console/now/live HTTP/1.1\r\nHost: {}\r\n{cookies}\r\n", served.admin).unwrap();
    let mut text = String::new();
    let mut read = |wanted: &str| {
        until(wanted, || {
            let mut part = [0; 4096];
            if let Ok(length) = stream.read(&mut part) {
                text += &String::from_utf8_lossy(&part[..length]);
            }
            text.contains(wanted)
        });
    };
    read("event: tiles");
    read("event: service");
    post(served.address, "/webhook/validateUser", USER);
    read("validateUser: 1 requests in the last hour");
}

#[test]
fn other_gateways_are_shown_and_one_that_does_not_answer_is_named_and_holds_up_no_page() {
    let (_other_dir, other) = serve("  token: other-canary-55\n");
    post(other.address, "/webhook/validateUser", USER);
    // It takes connections, and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let row = |name: &str, at: SocketAddr, token: &str| {
        format!("    - {{ name: \"{name}\", address: \"http://{at}\", token: \"{token}\" }}\n")
    };
    let (admin, silent) = (other.admin, silent.local_addr().unwrap());
    let peers = [
        row("<i>second</i>", admin, "other-canary-55"),
        row("silent", silent, "silent-canary-7"),
        row("stranger", admin, "wrong-canary-7"),
    ];
    let (_dir, served) = serve(&format!("  peers:\n{}{USERS}", peers.concat()));
    let mut browser = browser(&served, "ravi");
    let began = Instant::now();
    let first = browser.get("/console").body;
    assert!(began.elapsed() < Duration::from_millis(900), "it waited for them: {:?}", began.elapsed());
    assert!(first.contains("Other gateways"), "{first}");
    let mut page = String::new();
    until("they are asked", || {
        page = browser.get("/console").body;
        page.contains("no answer within 1000 ms")
    });
    let words = words(&page);
    assert!(words.contains("&lt;i&gt;second&lt;/i&gt; ready"), "{words}");
    assert!(words.contains("as here 1"), "the same rules, and one request: {words}");
    assert!(words.contains("silent tells nothing : no answer within 1000 ms"), "{words}");
    assert!(words.contains("stranger tells nothing : it does not know the token"), "{words}");
    assert!(!page.contains("canary-55") && !page.contains("canary-7"), "{page}");
    let stranger = Browser::new(served.admin).get("/console").body;
    assert!(stranger.contains("1 of 3 are ready") && !stranger.contains("second"), "{stranger}");
}
