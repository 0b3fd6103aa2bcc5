//! What was seen to kill a gateway or to fill it, against the program itself.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;
use std::thread;

use hookgate::outbox::Attempt;

use super::made_up::deliver;
use super::player::{Protocol, Wrong, column, element, message, packet, play};
use crate::support::authority::{Authority, For, encrypting};
use crate::support::client::{Client, request};
use crate::support::program::{Program, Served, folder};

/// Most that the program may ever have had in memory, in KiB: what the deployments give it.
const DEPLOYED_KIB: u64 = 256 << 10;
/// Calls that come at once; so many connections may be made to each server.
const AT_ONCE: usize = 24;

/// Sends these bytes, again and again where they are to have no end; up to more than a gateway could hold.
pub fn sends(bytes: Vec<u8>, is_endless: bool) -> Wrong {
    const END_BYTES: usize = 1 << 30;
    Arc::new(move |stream, _| {
        let mut sent = 0;
        while stream.write_all(&bytes).is_ok() && is_endless && sent < END_BYTES {
            sent += bytes.len();
        }
    })
}

/// Begins with these bytes and goes on without an end.
pub fn begins(head: Vec<u8>) -> Wrong {
    Arc::new(move |stream, _| {
        let _ = stream.write_all(&head);
        let chunk = vec![b'x'; 1 << 20];
        for _ in 0..1 << 10 {
            if stream.write_all(&chunk).is_err() {
                return;
            }
        }
    })
}

/// A directory that sends entries without an end, to the very question.
fn entries(content: &'static [u8], count: usize) -> Wrong {
    Arc::new(move |stream, id| {
        let attribute = element(0x30, &[element(4, b"cn"), element(0x31, &content.repeat(count))].concat());
        let entry = element(0x64, &[element(4, b"dc=corp"), element(0x30, &attribute)].concat());
        let entry = element(0x30, &[vec![2, 1, id], entry].concat());
        while stream.write_all(&entry).is_ok() {}
    })
}

pub fn connection(protocol: Protocol, port: u16, is_plain: bool) -> String {
    let tls = if is_plain { ", tls: off" } else { "" };
    match protocol {
        Protocol::Ldap => {
            format!("ldap: \"ldap://127.0.0.1:{port}\", bind: cn=a, password: b, base: dc=corp{tls}, at_once: 8")
        }
        Protocol::MySql => format!("sql: \"mysql://127.0.0.1:{port}/hr\", user: a, password: b{tls}, at_once: 8"),
        Protocol::Postgres => format!("sql: \"postgres://127.0.0.1:{port}/hr\", user: a, password: b{tls}, at_once: 8"),
        Protocol::Nats => unreachable!("no lookup"),
    }
}

fn lookup(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Ldap => "ldap: it, filter: \"(cn=${key})\", attributes: [\"cn[]\"]",
        _ => "sql: it, query: \"select n from t where a = :key\"",
    }
}

/// A gateway that asks several connections, each with one rule of its own.
pub fn gateway(connections: &[(Protocol, String)]) -> (tempfile::TempDir, Served) {
    let mut yaml = "on_failure: { transform: unavailable }\nlookups: { budget_ms: 20000 }\nconnections:\n".to_owned();
    let mut rules = "hook: preCreateUser\nlookups:\n".to_owned();
    for (n, (protocol, connection)) in connections.iter().enumerate() {
        let _ = writeln!(yaml, "  c{n}: {{ {connection} }}");
        let lookup = lookup(*protocol).replace(": it,", &format!(": c{n},"));
        let _ = writeln!(rules, "  l{n}: {{ {lookup}, timeout: 5s, at_once: 24, on_error: fail }}");
    }
    rules += "rules:\n";
    for n in 0..connections.len() {
        let _ = writeln!(
            rules,
            "  - {{ name: r{n}, when: {{ user.ask: l{n} }}, let: {{ row: {{ lookup: l{n}, key: \"${{user.key}}\", all: true }} }}, set: {{ user.rows: \"${{row}}\" }} }}"
        );
    }
    let dir = folder(&[("gateway.yaml", &yaml), ("rules/a.yaml", &rules)]);
    let served =
        Program::new(["serve", "--listen", "127.0.0.1:0"]).env("RUST_BACKTRACE", "1").within(dir.path()).serve();
    (dir, served)
}

pub fn asks(served: &Served, lookup: &str) -> (u16, String) {
    let body = format!(r#"{{"request":{{"user":{{"ask":"{lookup}","key":"asha"}}}}}}"#);
    let mut client = Client::connect(served.address);
    client.send(&request("POST", "/webhook/preCreateUser", "", body.as_bytes()));
    let answer = client.answer().unwrap();
    (answer.status, answer.body)
}

fn peak_kib(served: &Served) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", served.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// What each does, in which of its turns, and what the log says of it.
type Misbehaviour = (&'static str, Protocol, usize, Wrong, &'static str);

fn of_directories() -> Vec<Misbehaviour> {
    let nested = (0..24_000).fold(Vec::new(), |inner: Vec<u8>, _| [&[0x30, 0x80][..], &inner].concat());
    let deep = |levels: usize| {
        let inner = (0..levels).fold(Vec::new(), |inner, _| element(0x30, &inner));
        element(0x30, &[vec![2, 1, 1], element(0x78, &inner)].concat())
    };
    let ldap = Protocol::Ldap;
    vec![
        ("nesting without lengths", ldap, 0, sends(nested, false), "cannot be read"),
        ("nesting with lengths", ldap, 0, sends(deep(6_000), false), "nested deeper than 16 levels"),
        ("the same to a search", ldap, 1, sends(deep(6_000), false), "nested deeper than 16 levels"),
        ("a message of 1 GiB", ldap, 1, begins(vec![0x30, 0x84, 0x40, 0, 0, 0]), "a message of 1073741824 bytes"),
        (
            "a message whose parts have no end",
            ldap,
            1,
            begins(vec![0x30, 0x83, 0x10, 0, 0, 2, 1, 1, 0x64, 0x84, 0x7f, 0, 0, 0]),
            "cannot be read",
        ),
        ("entries of empty values", ldap, 1, entries(&[4, 0], 500_000), "more than 16 MiB"),
        ("entries of large values", ldap, 1, entries(b"\x04\x08aaaaaaaa", 30_000), "MiB|4194304 bytes"),
    ]
}

fn of_mysql() -> Vec<Misbehaviour> {
    let columns = packet(&[&[0xfe][..], &(1_u64 << 33).to_le_bytes()].concat());
    let decimal =
        [packet(&[1]), column(0xf6), packet(b"\0\0\x101,\"admin\": true,"), packet(&[0xfe, 0, 0, 2, 0, 0, 0])];
    let mysql = Protocol::MySql;
    vec![
        ("2^33 columns", mysql, 3, sends(columns.clone(), false), "more than 4096 columns"),
        (
            "the same before it is asked",
            mysql,
            1,
            sends([packet(&[0, 0, 0, 2, 0, 0, 0]), columns].concat(), false),
            "more than 4096 columns",
        ),
        (
            "a packet of 16 MiB after the other",
            mysql,
            3,
            begins(vec![0xff, 0xff, 0xff, 1]),
            "a message of 16777215 bytes",
        ),
        (
            "rows without an end",
            mysql,
            3,
            sends([packet(&[1]), column(0xfd), packet(&vec![0; 60_000])].concat(), true),
            "",
        ),
        ("a greeting without an end", mysql, 0, begins(vec![0, 0, 0x70, 0]), ""),
        ("a number that is none", mysql, 3, sends(decimal.concat(), false), "the number in column `n` is none"),
    ]
}

fn of_postgres() -> Vec<Misbehaviour> {
    let setting = |n: u32| message(b'S', format!("name{n}\0value\0").as_bytes());
    let settings: Vec<u8> = (0..100_000).flat_map(setting).collect();
    let postgres = Protocol::Postgres;
    vec![
        (
            "a message of 2 GiB",
            postgres,
            2,
            begins(vec![b'D', 0x7f, 0xff, 0xff, 0xff]),
            "a message of 2147483647 bytes",
        ),
        (
            "the same before the login",
            postgres,
            0,
            begins(vec![b'R', 0x7f, 0xff, 0xff, 0xff]),
            "a message of 2147483647 bytes",
        ),
        ("a message shorter than itself", postgres, 0, sends(vec![b'R', 0, 0, 0, 1], false), "cannot be read"),
        ("settings without an end", postgres, 0, sends(settings, true), "more than 1000 settings"),
        ("notices without an end", postgres, 2, sends(message(b'N', &vec![b'x'; 60_000]), true), ""),
        ("messages of 8 MiB", postgres, 2, begins(vec![b'D', 0, 0x7f, 0xff, 0xff]), ""),
    ]
}

#[test]
fn each_that_was_seen_is_told_and_costs_neither_the_gateway_nor_its_memory() {
    let mut worst = 0;
    for (what, protocol, turn, wrong, told) in [of_directories(), of_mysql(), of_postgres()].concat() {
        let port = play(protocol, turn, wrong);
        let well = play(protocol, usize::MAX, sends(Vec::new(), false));
        let (_dir, served) =
            gateway(&[(protocol, connection(protocol, port, true)), (protocol, connection(protocol, well, true))]);
        thread::scope(|scope| {
            let asked: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(|| asks(&served, "l0"))).collect();
            for asked in asked {
                let (status, body) = asked.join().unwrap();
                assert_eq!(status, 503, "{what}: {body}\n{}", served.log());
            }
        });
        let (status, body) = asks(&served, "l1");
        assert!(status == 200 && body.contains("rows"), "{what}: a server that is well: {body}\n{}", served.log());
        let peak = peak_kib(&served);
        println!("{what}: {} MiB at most", peak >> 10);
        worst = worst.max(peak);
        assert!(peak < DEPLOYED_KIB, "{what}: {peak} KiB were held");
        let (code, log) = served.stop();
        assert_eq!(code, Some(0), "{what}: {log}");
        assert!(log.contains("no answer") && told.split('|').any(|told| log.contains(told)), "{what}: {log}");
        assert!(!log.contains("panicked"), "{what}: {log}");
    }
    println!("at most {} MiB", worst >> 10);
}

/// What comes within TLS is ended and measured by the program before a library reads it.
#[test]
fn what_a_directory_sends_within_tls_is_measured_as_without() {
    let authority = Authority::new("tests");
    let (issued, dir) = (authority.issue("directory", For::Server), folder(&[("ca.pem", &authority.pem())]));
    let ca = dir.path().join("ca.pem");
    for (what, protocol, turn, wrong, told) in of_directories() {
        let port = encrypting(play(protocol, turn, wrong), &issued);
        let well = encrypting(play(protocol, usize::MAX, sends(Vec::new(), false)), &issued);
        let over_tls = |port: u16| {
            let plain = connection(protocol, port, false).replace("ldap://", "ldaps://");
            (protocol, format!("{plain}, ca: {}", ca.display()))
        };
        let (_dir, served) = gateway(&[over_tls(port), over_tls(well)]);
        for _ in 0..3 {
            let (status, body) = asks(&served, "l0");
            assert_eq!(status, 503, "{what}: {body}\n{}", served.log());
        }
        let (status, body) = asks(&served, "l1");
        assert!(status == 200 && body.contains("rows"), "{what}: a server that is well: {body}\n{}", served.log());
        let peak = peak_kib(&served);
        assert!(peak < DEPLOYED_KIB, "{what}: {peak} KiB were held");
        let (code, log) = served.stop();
        assert_eq!(code, Some(0), "{what}: {log}");
        assert!(log.contains("no answer") && told.split('|').any(|told| log.contains(told)), "{what}: {log}");
        assert!(!log.contains("panicked"), "{what}: {log}");
    }
}

#[test]
fn an_answer_to_starttls_is_measured_before_there_is_tls() {
    let nested = (0..6_000).fold(Vec::new(), |inner, _| element(0x30, &inner));
    let nested = element(0x30, &[vec![2, 1, 1], element(0x78, &nested)].concat());
    for bytes in [nested, [0x30, 0x80].repeat(24_000), vec![0x30, 0x84, 0x40, 0, 0, 0], b"HTTP/1.1 400\r\n".to_vec()] {
        let port = play(Protocol::Ldap, 0, sends(bytes, false));
        let (_dir, served) = gateway(&[(Protocol::Ldap, connection(Protocol::Ldap, port, false))]);
        assert_eq!(asks(&served, "l0").0, 503);
        let (code, log) = served.stop();
        assert!(code == Some(0) && log.contains("no answer"), "{code:?}\n{log}");
    }
}

#[test]
fn what_nats_sends_too_much_of_fails_the_delivery_and_says_so() {
    let nats = Protocol::Nats;
    for (what, turn, wrong, told) in [
        ("a first line without an end", 0, begins(b"INFO ".to_vec()), "a line of NATS has an end"),
        ("no first line of NATS", 0, sends(b"SSH-2.0-x\r\n".to_vec(), false), "greets with `INFO`"),
        ("a line without an end", 1, begins(b"MSG ".to_vec()), "a line of NATS has an end"),
        ("a message of 1 GiB", 2, begins(b"MSG _INBOX.a 1 1073741824\r\n".to_vec()), "a message of 1073741824 bytes"),
        (
            "a length that no number holds",
            2,
            begins(b"MSG a 1 18446744073709551615\r\n".to_vec()),
            "a message of 18446744073709551615",
        ),
        ("an error without a text", 2, sends(b"-ERR\r\n".to_vec(), false), "no line of NATS"),
    ] {
        match deliver(play(nats, turn, wrong)) {
            Some(Attempt::Failed(failed)) => {
                assert!(failed.is_of_receiver && failed.why.contains(told), "{what}: {failed:?}");
            }
            other => panic!("{what}: {other:?}"),
        }
    }
}

#[test]
fn several_at_once_fit_what_is_deployed_and_one_that_is_well_is_heard_beside_them() {
    let endless = [
        (Protocol::Ldap, 1, entries(&[4, 0], 30_000)),
        (Protocol::Ldap, 1, entries(b"\x04\x08aaaaaaaa", 30_000)),
        (Protocol::MySql, 3, begins([packet(&[1]), column(0xfd), vec![0, 0, 0x7f, 1]].concat())),
        (Protocol::Postgres, 2, begins(vec![b'D', 0, 0x7f, 0xff, 0xff])),
        (Protocol::Postgres, 0, begins(vec![b'R', 0, 0x7f, 0xff, 0xff])),
    ];
    let mut connections = Vec::new();
    for (protocol, turn, wrong) in endless {
        connections.push((protocol, connection(protocol, play(protocol, turn, wrong), true)));
    }
    for protocol in [Protocol::Ldap, Protocol::MySql, Protocol::Postgres] {
        let port = play(protocol, usize::MAX, sends(Vec::new(), false));
        connections.push((protocol, connection(protocol, port, true)));
    }
    let (_dir, served) = gateway(&connections);
    let before = peak_kib(&served);
    thread::scope(|scope| {
        let hostile = (0..5 * 12).map(|n| format!("l{}", n % 5));
        let asked: Vec<_> = hostile
            .map(|name| {
                scope.spawn({
                    let served = &served;
                    move || asks(served, &name)
                })
            })
            .collect();
        for n in 0..15 {
            let (status, body) = asks(&served, &format!("l{}", 5 + n % 3));
            assert_eq!(status, 200, "one that is well: {body}\n{}", served.log());
        }
        asked.into_iter().for_each(|asked| assert_eq!(asked.join().unwrap().0, 503));
    });
    let peak = peak_kib(&served);
    println!("before {} MiB, at most {} MiB", before >> 10, peak >> 10);
    assert!(peak < DEPLOYED_KIB, "{peak} KiB were held");
    assert_eq!(served.stop().0, Some(0));
}
