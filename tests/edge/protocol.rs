//! What callers say of the connection and of what comes next: upgrades, `Expect`, heads that are none, pipelines.

use std::io::Write as _;
use std::net::SocketAddr;

use hookgate::gateway::Reply;
use hookgate::server::{PerCaller, Settings};

use crate::support::authority::{Authority, For};
use crate::support::secure::{Manner, Secure, VERSIONS};
use crate::support::server::settings;
use crate::support::{Answer, Client, Running, gateway, request, server, server_answering};

const BODY: &str = r#"{"request":{"user":{"login":"x"}}}"#;

/// What a call says of the connection: these headers, in HTTP/1.0 or 1.1, and whether it may be used again.
struct Call {
    is_old: bool,
    headers: String,
    is_chunked: bool,
    keeps_open: bool,
}

impl Call {
    fn bytes(&self) -> Vec<u8> {
        let (version, headers) = (if self.is_old { "1.0" } else { "1.1" }, &self.headers);
        let body = match self.is_chunked {
            true => format!(
                "Transfer-Encoding: chunked\r\n\r\n5\r\n{}\r\n{:x}\r\n{}\r\n0\r\n\r\n",
                &BODY[..5],
                BODY.len() - 5,
                &BODY[5..]
            ),
            false => format!("Content-Length: {}\r\n\r\n{BODY}", BODY.len()),
        };
        format!("POST /webhook/validateUser HTTP/{version}\r\nHost: x\r\n{headers}{body}").into_bytes()
    }
}

/// Every way to write the words in one header or several, in this order and in the other.
fn written(words: &[&str]) -> Vec<String> {
    let lists = [words.to_vec(), words.iter().rev().copied().collect()];
    let spellings: [fn(&str) -> String; 3] = [str::to_owned, str::to_ascii_uppercase, str::to_ascii_lowercase];
    let mut all = Vec::new();
    for list in lists {
        for spelt in spellings {
            let list: Vec<String> = list.iter().map(|word| spelt(word)).collect();
            all.push(format!("Connection: {}\r\n", list.join(", ")));
            all.push(format!("CONNECTION:{}\r\n", list.join(" ,\t")));
            all.push(format!("connection: ,{},,\r\n", list.join(",")));
            all.push(list.iter().map(|word| format!("connection: {word}\r\n")).collect());
        }
    }
    all.dedup();
    all
}

/// Every combination of what is said of the connection, what it should become, the version, and the body's framing.
fn calls() -> Vec<Call> {
    let connections = [
        &[][..],
        &["Upgrade"],
        &["Upgrade", "HTTP2-Settings"],
        &["keep-alive", "Upgrade"],
        &["keep-alive", "Upgrade", "HTTP2-Settings"],
        &["close", "Upgrade"],
        &["close"],
    ];
    let upgrades = [
        "",
        "Upgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n",
        "Upgrade: websocket\r\n",
        "upgrade: foo/2, WebSocket\r\nUPGRADE: h2c\r\n",
        "Upgrade: \r\n",
    ];
    let mut calls = Vec::new();
    for words in connections {
        for connection in written(words) {
            for upgrade in upgrades {
                for (is_old, is_chunked) in [(false, false), (false, true), (true, false)] {
                    let keeps_open = !words.contains(&"close") && (!is_old || words.contains(&"keep-alive"));
                    let headers = if words.is_empty() { upgrade.to_owned() } else { format!("{upgrade}{connection}") };
                    calls.push(Call { is_old, headers, is_chunked, keeps_open });
                }
            }
        }
    }
    calls
}

/// What is wrong with an answer to this call.
fn wrong(call: &Call, answer: &Answer) -> Option<String> {
    let connection = answer.header("connection");
    let is_told = match (call.keeps_open, call.is_old) {
        (false, _) => connection == Some("close"),
        (true, true) => connection == Some("keep-alive"),
        (true, false) => connection.is_none(),
    };
    let is_right = answer.status == 200 && is_told && answer.header("upgrade").is_none();
    (!is_right).then(|| format!("{}: {answer:?}", String::from_utf8_lossy(&call.bytes())))
}

fn answering(settings: &Settings) -> Running {
    server_answering(settings, |_| Reply { status: 200, body: "{}".to_owned() })
}

/// Two calls on one connection, the second sent when the first was answered; or only one, and then the connection ends.
#[test]
fn whatever_a_caller_would_rather_speak_it_goes_on_as_it_began() {
    let server = answering(&settings());
    let calls = calls();
    assert!(calls.len() > 900, "{}", calls.len());
    let mut wrongs = Vec::new();
    for call in &calls {
        let mut client = Client::connect(server.address);
        client.send(&call.bytes());
        wrongs.extend(wrong(call, &client.answer().unwrap()));
        client.send(&call.bytes());
        match (call.keeps_open, client.answer()) {
            (true, Ok(answer)) => wrongs.extend(wrong(call, &answer)),
            (false, Err(_)) => {}
            (_, other) => wrongs.push(format!("{}: then {other:?}", String::from_utf8_lossy(&call.bytes()))),
        }
    }
    assert!(wrongs.is_empty(), "{} of {}, first {}", wrongs.len(), calls.len(), wrongs[0]);
}

#[test]
fn the_same_holds_behind_tls() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new("ours"));
    let server = answering(&crate::tls::encrypted(folder.path(), &authority.issue("gate", For::Server)));
    let manner = Manner::new(&authority.pem(), &VERSIONS, None);
    let mut client = Secure::connect(server.address, &manner).unwrap();
    let mut asked = 0;
    for call in calls().iter().filter(|call| call.keeps_open) {
        let answer = client.ask(&call.bytes()).unwrap();
        assert_eq!(wrong(call, &answer), None);
        asked += 1;
    }
    assert!(asked > 300, "{asked}");
    for call in calls().iter().filter(|call| !call.keeps_open).step_by(40) {
        let mut client = Secure::connect(server.address, &manner).unwrap();
        assert_eq!(wrong(call, &client.ask(&call.bytes()).unwrap()), None);
        assert!(client.ask(&call.bytes()).is_err(), "it said close");
    }
}

/// The final answer to a call that waits to be told whether its body is wanted, and what came before it.
fn waiting(address: SocketAddr, method: &str, path: &str, headers: &str, length: usize) -> (Vec<u16>, Answer) {
    let mut client = Client::connect(address);
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: x\r\n{headers}Expect: 100-continue\r\nContent-Length: {length}\r\n\r\n"
    );
    client.send(head.as_bytes());
    let mut interim = Vec::new();
    loop {
        let answer = client.answer().unwrap();
        if answer.status != 100 {
            // Nobody knows whether the body still comes.
            assert_eq!(answer.header("connection"), Some("close"), "{head}");
            assert_eq!(client.answers_to_end(), Some(Vec::new()), "{head}");
            return (interim, answer);
        }
        interim.push(100);
    }
}

#[test]
fn what_the_head_decides_is_answered_before_a_body_is_asked_for() {
    let open = server(&settings(), gateway());
    let limited = PerCaller { per_second: 1, burst: 1, callers: 10 };
    let busy = server(&Settings { per_caller: Some(limited), ..settings() }, gateway());
    assert_eq!(crate::support::post(busy.address, "/test", b"{}").status, 200);
    let guarded = crate::auth::setup::read("{ bearer: { secrets: [\"${file:DIR/today}\"] } }");
    let guarded = (server(&guarded.0, gateway()), guarded.1);
    let no_places = server(&Settings { request_limit: 0, ..settings() }, gateway());
    for (address, method, path, headers, length, status, code) in [
        (open.address, "POST", "/nothing", "", 2, 404, "UnknownHook"),
        (open.address, "PUT", "/test", "", 2, 405, "MethodNotAllowed"),
        (open.address, "POST", "/test", "", 2 << 20, 413, "BodyTooLarge"),
        (open.address, "POST", "/test", "Content-Encoding: gzip\r\n", 2, 415, "EncodingNotSupported"),
        (guarded.0.address, "POST", "/test", "", 2, 401, "Unauthorized"),
        (busy.address, "POST", "/test", "", 2, 429, "TooManyRequests"),
        (no_places.address, "POST", "/test", "", 2, 503, "Overloaded"),
    ] {
        let (interim, answer) = waiting(address, method, path, headers, length);
        assert_eq!((interim, answer.status, &*answer.code()), (vec![], status, code), "{method} {path}");
    }
}

#[test]
fn a_body_that_is_wanted_is_asked_for_once() {
    let server = answering(&settings());
    for expect in ["100-continue", "100-Continue", "tea, 100-CONTINUE"] {
        let mut client = Client::connect(server.address);
        for _ in 0..2 {
            let length = BODY.len();
            let head = format!(
                "POST /validateUser HTTP/1.1\r\nHost: x\r\nExpect: {expect}\r\nContent-Length: {length}\r\n\r\n"
            );
            client.send(head.as_bytes());
            assert_eq!(client.answer().unwrap().status, 100);
            client.send(&BODY.as_bytes()[..7]);
            client.send(&BODY.as_bytes()[7..]);
            let answer = client.answer().unwrap();
            assert_eq!((answer.status, answer.header("connection")), (200, None));
        }
    }
    // HTTP/1.0 knows no such word, and whoever has sent the body already need not be asked for it.
    let mut client = Client::connect(server.address);
    client.send(&request("POST", "/validateUser", "Expect: 100-continue\r\n", BODY.as_bytes()));
    assert_eq!(client.answer().unwrap().status, 200);
    let mut old = Client::connect(server.address);
    old.send(
        format!("POST /validateUser HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n", BODY.len())
            .as_bytes(),
    );
    old.send(BODY.as_bytes());
    assert_eq!(old.answer().unwrap().status, 200);
}

#[test]
fn a_head_that_is_none_is_answered_as_any_refusal_is() {
    let patient = Settings { keep_alive_ms: 600_000, head_time_limit_ms: 600_000, ..settings() };
    let server = server(&patient, gateway());
    let good = "POST /test HTTP/1.1\r\nHost: x\r\n";
    let many = |count: usize| (0..count).map(|n| format!("X-{n}: 1\r\n")).collect::<String>();
    for (bytes, status, code) in [
        ("\x16\x03\x01\0 hello".to_owned(), 400, "HeadUnreadable"),
        ("SSH-2.0-OpenSSH_9.2\r\n".to_owned(), 400, "HeadUnreadable"),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), 400, "HeadUnreadable"),
        ("POST /test HTTP/1.1\r\n\r\n".to_owned(), 400, "HeadUnreadable"),
        (format!("{good}Host: y\r\n\r\n"), 400, "HeadUnreadable"),
        (format!("{good}X A: 1\r\n\r\n"), 400, "HeadUnreadable"),
        (format!("{good}Content-Length: 1, 1\r\n\r\n"), 400, "HeadUnreadable"),
        (format!("{good}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"), 400, "HeadUnreadable"),
        (format!("{good}{}\r\n", many(70)), 431, "HeadTooLarge"),
        (format!("{good}{}\r\n", many(500)), 431, "HeadTooLarge"),
        (format!("{good}X-A: {}\r\n\r\n", "a".repeat(17_000)), 431, "HeadTooLarge"),
        // Without an end.
        (format!("{good}X-A: {}", "a".repeat(17_000)), 431, "HeadTooLarge"),
        (format!("{good}X-A: {}", "a".repeat(1_000_000)), 431, "HeadTooLarge"),
        (format!("POST /{}", "a".repeat(20_000)), 431, "HeadTooLarge"),
    ] {
        let mut client = Client::connect(server.address);
        client.send(bytes.as_bytes());
        let shown: String = bytes.chars().take(60).collect();
        let answer = client.answer().unwrap_or_else(|end| panic!("{shown}: {end:?}"));
        assert_eq!((answer.status, &*answer.code()), (status, code), "{shown}");
        let id = answer.header("x-request-id").unwrap();
        assert_eq!(answer.json()["requestId"], id, "{shown}");
        assert_eq!(uuid::Uuid::parse_str(id).unwrap().get_version_num(), 7);
        assert_eq!(
            (answer.header("connection"), answer.header("content-type")),
            (Some("close"), Some("application/json"))
        );
        assert_eq!(client.answers_to_end(), Some(Vec::new()), "{shown}");
        let counted = server.counters.refused().find(|(reason, _)| *reason == code).unwrap().1;
        assert!(counted > 0, "{code} is counted");
    }
}

#[test]
fn ten_thousand_requests_in_a_row_are_answered_to_their_end() {
    let server = server_answering(&settings(), |event| Reply {
        status: 200,
        body: hookgate::event::Value::Source(event.request()).written(),
    });
    // Bodies of all sizes, in both framings, so that some lie across whatever is read at once.
    let one = |number: usize| {
        let body = format!("{number}{}", " ".repeat(number * 37 % 2_000));
        match number % 3 {
            0 => format!(
                "POST /test HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
                body.len()
            )
            .into_bytes(),
            1 => request("POST", "/test", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n", body.as_bytes()),
            _ => request("POST", "/test", "", body.as_bytes()),
        }
    };
    let mut client = Client::connect(server.address);
    let mut writer = client.stream.try_clone().unwrap();
    let sending = std::thread::spawn(move || {
        for number in 0..10_000 {
            writer.write_all(&one(number)).unwrap();
        }
        writer.shutdown(std::net::Shutdown::Write).unwrap();
    });
    let answers = client.answers_to_end().unwrap();
    sending.join().unwrap();
    assert_eq!(answers.len(), 10_000);
    for (number, answer) in answers.iter().enumerate() {
        assert_eq!((answer.status, answer.body.trim()), (200, &*number.to_string()), "{answer:?}");
    }
}

#[test]
fn each_request_of_a_pipeline_is_answered_in_its_own_version_and_a_close_ends_it() {
    let server = answering(&settings());
    let old = |connection: &str| format!("POST /test HTTP/1.0\r\n{connection}Content-Length: 2\r\n\r\n{{}}");
    let new = |connection: &str| format!("POST /test HTTP/1.1\r\nHost: x\r\n{connection}Content-Length: 2\r\n\r\n{{}}");
    let head = "HEAD /test HTTP/1.1\r\nHost: x\r\n\r\n";
    let all = [
        old("Connection: keep-alive\r\n"),
        new(""),
        old("Connection: Keep-Alive\r\n"),
        new("Connection: close\r\n"),
        new(""),
    ];
    let mut client = Client::connect(server.address);
    client.send(all.concat().as_bytes());
    client.half_close();
    let told: Vec<_> =
        client.answers_to_end().unwrap().iter().map(|answer| answer.header("connection").map(str::to_owned)).collect();
    let said = |word: &str| Some(word.to_owned());
    assert_eq!(told, [said("keep-alive"), None, said("keep-alive"), said("close")]);
    let mut client = Client::connect(server.address);
    client.send([new(""), new(""), head.to_owned()].concat().as_bytes());
    client.half_close();
    assert_eq!(client.answers_to_end().unwrap().len(), 2, "the body that HEAD announces never comes");
}
