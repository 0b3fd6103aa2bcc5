//! What visitors can make the console hold: bodies that are looked at before they are read, connections, event streams.

use std::io::{ErrorKind, Read as _};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::browser::{Browser, once};
use super::opened::{browser, field};
use super::{PASSWORD, with_users};
use crate::support::client::{Answer, Client};
use crate::support::wait::until;

/// Every connection that the listener takes at once.
const CONNECTIONS: usize = 96;

/// A form of one of the console's own pages that says it has so many bytes, of which none come; the cookie header of a visitor.
fn begun(admin: SocketAddr, path: &str, cookie: &str, length: usize) -> Client {
    let mut client = Client::connect(admin);
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {admin}\r\nOrigin: null\r\nSec-Fetch-Site: same-origin\r\n{cookie}\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n"
    );
    client.send(head.as_bytes());
    client
}

fn soon(client: &mut Client) -> Answer {
    client
        .answer_within(Duration::from_millis(1500))
        .unwrap_or_else(|end| panic!("no answer without the body: {end:?}"))
}

#[test]
fn what_no_page_takes_is_refused_before_its_body_comes() {
    let (_dir, served) = with_users();
    let ravi = browser(&served, "ravi").cookie_header();
    for (path, cookie, length, status) in [
        ("/console/nothing", "", 1000, 404),
        ("/console/nothing", ravi.as_str(), 1000, 404),
        ("/console/rules", ravi.as_str(), 1000, 405),
        ("/console/playground", "", 1000, 403),
        ("/console/changes/reload", ravi.as_str(), 1000, 403),
        ("/console/login", "", (8 << 10) + 1, 413),
        ("/console/logout", "", (8 << 10) + 1, 413),
        ("/console/playground", ravi.as_str(), (4 << 20) + 1, 413),
    ] {
        let answer = soon(&mut begun(served.admin, path, cookie, length));
        assert_eq!(answer.status, status, "{path} {cookie}");
        assert!(answer.header("content-security-policy").is_some(), "{answer:?}");
    }
    let mut foreign = Client::connect(served.admin);
    foreign.send(b"POST /console/login HTTP/1.1\r\nHost: rebound.example\r\nContent-Length: 1000\r\n\r\n");
    assert_eq!(soon(&mut foreign).status, 421);
    let mut other = Client::connect(served.admin);
    other.send(
        format!(
            "POST /console/login HTTP/1.1\r\nHost: {}\r\nOrigin: https://a.example\r\nContent-Length: 9\r\n\r\n",
            served.admin
        )
        .as_bytes(),
    );
    assert_eq!(soon(&mut other).status, 403);
}

#[test]
fn a_body_without_a_length_is_not_read_beyond_its_limit() {
    let (_dir, served) = with_users();
    let mut client = Client::connect(served.admin);
    let head = format!(
        "POST /console/login HTTP/1.1\r\nHost: {}\r\nOrigin: null\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n",
        served.admin
    );
    client.send(head.as_bytes());
    client.send(format!("{:x}\r\n{}\r\n", 9 << 10, "a".repeat(9 << 10)).as_bytes());
    assert_eq!(soon(&mut client).status, 413);
}

#[test]
fn a_form_is_a_form() {
    let (_dir, served) = with_users();
    let form = format!("name=asha&password={PASSWORD}");
    let own = format!("Host: {}\r\nOrigin: null\r\nSec-Fetch-Site: same-origin\r\n", served.admin);
    let status = |kind: &str| once(served.admin, "POST", "/console/login", &format!("{own}{kind}"), &form).status;
    for other in [
        "",
        "Content-Type: text/plain\r\n",
        "Content-Type: multipart/form-data; boundary=a\r\n",
        "Content-Type: application/json\r\n",
        "Content-Type: application/x-www-form-urlencodedx\r\n",
    ] {
        assert_eq!(status(other), 415, "{other}");
    }
    for right in ["application/x-www-form-urlencoded", "Application/X-WWW-Form-Urlencoded; charset=UTF-8"] {
        assert_eq!(status(&format!("Content-Type: {right}\r\n")), 303, "{right}");
    }
}

#[test]
fn forms_that_do_not_come_keep_neither_probes_nor_visitors_out() {
    let (_dir, served) = with_users();
    let mut asha = browser(&served, "asha");
    let cookie = asha.cookie_header();
    let mut slow: Vec<Client> =
        (0..CONNECTIONS + 14).map(|_| begun(served.admin, "/console/login", "", 4000)).collect();
    let began = Instant::now();
    for path in ["/live", "/ready"] {
        assert_eq!(served.ask("GET", path, "").status, 200);
    }
    // Somebody who is logged in goes on working.
    let page = asha.get("/console/playground").body;
    let form = format!("csrf={}", field(&page, "csrf"));
    assert_ne!(asha.post("/console/playground/check", &form).status, 503);
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    let statuses: Vec<u16> =
        slow.iter_mut().filter_map(|client| client.answer().ok()).map(|answer| answer.status).collect();
    let of = |status: u16| statuses.iter().filter(|told| **told == status).count();
    assert_eq!((of(408), of(503)), (8, CONNECTIONS + 14 - 8), "{statuses:?}");
    assert!(
        began.elapsed() < Duration::from_secs(8),
        "a stranger's form is waited for less long: {:?}",
        began.elapsed()
    );
    drop(slow);

    let mut slow: Vec<Client> =
        (0..CONNECTIONS + 14).map(|_| begun(served.admin, "/console/playground", &cookie, 4000)).collect();
    let began = Instant::now();
    assert_eq!(served.ask("GET", "/live", "").status, 200);
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    let refused = slow.iter_mut().filter_map(|client| client.answer_within(Duration::from_millis(200)).ok());
    assert_eq!(refused.filter(|answer| answer.status == 503).count(), CONNECTIONS + 14 - 16);
}

#[test]
fn forms_that_are_read_have_a_common_budget() {
    let (_dir, served) = with_users();
    let cookie = browser(&served, "asha").cookie_header();
    let (whole, sent) = (4 << 20, 3 << 20);
    let mut slow: Vec<Client> = (0..8).map(|_| begun(served.admin, "/console/playground", &cookie, whole)).collect();
    let part = "a".repeat(sent);
    let mut statuses = Vec::new();
    for client in &mut slow {
        client.send(part.as_bytes());
        statuses.extend(client.answer_within(Duration::from_millis(700)).ok().map(|answer| answer.status));
    }
    assert!(statuses.len() >= 6 && statuses.iter().all(|status| *status == 503), "{statuses:?}");
    drop(slow);
    until("what was held is given back", || {
        let mut client = begun(served.admin, "/console/playground", &cookie, sent);
        client.send(part.as_bytes());
        let status = client.answer().map(|answer| answer.status);
        assert!(matches!(status, Ok(403 | 503) | Err(_)), "it has no word of the session: {status:?}");
        status == Ok(403)
    });
}

/// A stream that this visitor opens; its status.
fn stream(admin: SocketAddr, cookie: &str) -> (Client, String) {
    let mut client = Client::connect(admin);
    client.send(format!("GET /console/now/live HTTP/1.1\r\nHost: {admin}\r\n{cookie}\r\n").as_bytes());
    client.stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut head = [0; 12];
    match client.stream.read_exact(&mut head) {
        Ok(()) => (client, String::from_utf8_lossy(&head[9..]).into_owned()),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => panic!("closed"),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn nobody_takes_the_live_updates_of_others() {
    let (_dir, served) = with_users();
    let (asha, ravi) = (browser(&served, "asha").cookie_header(), browser(&served, "ravi").cookie_header());
    let open = |cookie: &str, count: usize| -> Vec<(Client, String)> {
        (0..count).map(|_| stream(served.admin, cookie)).collect()
    };
    let well = |streams: &[(Client, String)]| streams.iter().filter(|(_, status)| status == "200").count();
    let strangers = open("", 20);
    assert_eq!(well(&strangers), 4);
    let of_asha = open(&asha, 20);
    assert_eq!(well(&of_asha), 12);
    assert_eq!(well(&open(&ravi, 2)), 2);
    drop((strangers, of_asha));
    until("a page that is left gives its place back", || well(&open("", 1)) == 1);
    until("so does one of a session", || well(&open(&asha, 1)) == 1);
    let mut nobody = Browser::new(served.admin);
    assert_eq!(nobody.get("/console").status, 200);
}
