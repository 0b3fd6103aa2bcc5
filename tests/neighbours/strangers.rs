//! Programs that are no server of their kind, and answers over which a library panics: told as that, in lines of the log and
//! nothing else, and left alone after a few questions.

use std::sync::Arc;

use super::known::{asks, begins, connection, gateway, sends};
use super::player::{Protocol, Wrong, element, message, packet, play};

/// How often each is asked: more often than a source may fail before it is left alone.
const QUESTIONS: usize = 9;
/// Most of them that may reach it.
const ASKED: usize = 5;
const LEFT_ALONE: &str = "failed again and again and is left alone";

/// Asks in vain, one question after the other; the log, of which every line is JSON.
fn log_of(what: &str, protocol: Protocol, turn: usize, wrong: Wrong) -> Vec<serde_json::Value> {
    let port = play(protocol, turn, wrong);
    let (_dir, served) = gateway(&[(protocol, connection(protocol, port, true))]);
    for _ in 0..QUESTIONS {
        assert_eq!(asks(&served, "l0").0, 503, "{what}");
    }
    let (code, log) = served.stop();
    assert_eq!(code, Some(0), "{what}: {log}");
    log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{what}, no JSON: {line}"))).collect()
}

/// How many lines `no answer` say this in that field.
fn count(log: &[serde_json::Value], field: &str, text: &str) -> usize {
    let unanswered = log.iter().filter(|line| line["message"] == "no answer");
    unanswered.filter(|line| line[field].as_str().is_some_and(|value| value.contains(text))).count()
}

#[test]
fn a_program_that_is_no_server_of_its_kind_is_told_as_that_and_left_alone() {
    for protocol in [Protocol::Postgres, Protocol::MySql, Protocol::Ldap] {
        for greeting in ["SSH-2.0-OpenSSH_9.6\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", "220 mail.example ESMTP\r\n"] {
            let what = format!("{protocol:?}, {greeting:?}");
            let log = log_of(&what, protocol, 0, sends(greeting.as_bytes().to_vec(), false));
            assert_eq!(count(&log, "help", "see which program answers"), ASKED, "{what}: {log:?}");
            assert_eq!(count(&log, "cause", LEFT_ALONE), QUESTIONS - ASKED, "{what}: {log:?}");
        }
    }
    for (what, protocol, head) in [
        ("a message of 2 GiB in place of a login", Protocol::Ldap, vec![0x30, 0x84, 0x7f, 0xff, 0xff, 0xff]),
        ("a greeting of 16 MiB", Protocol::MySql, vec![0xff, 0xff, 0xff, 0]),
        ("a first message of 2 GiB", Protocol::Postgres, vec![b'R', 0x7f, 0xff, 0xff, 0xff]),
    ] {
        let log = log_of(what, protocol, 0, begins(head));
        assert_eq!(count(&log, "help", "see which program answers"), ASKED, "{what}: {log:?}");
        assert_eq!(count(&log, "cause", LEFT_ALONE), QUESTIONS - ASKED, "{what}: {log:?}");
    }
}

#[test]
fn a_library_that_panics_is_a_line_of_the_log_and_a_failure_of_the_source() {
    let ends = |end: &'static [u8]| -> Wrong {
        Arc::new(move |stream, id| {
            let end = element(0x30, &[&[2, 1, id], end].concat());
            let _ = std::io::Write::write_all(stream, &end);
        })
    };
    let mut panics = 0;
    for (what, protocol, turn, wrong) in [
        ("a login that asks for nothing", Protocol::Postgres, 0, sends(message(b'R', &[0]), false)),
        ("the same for its second step", Protocol::Postgres, 0, sends(message(b'R', &[0, 0, 0, 5, 1]), false)),
        ("a greeting of one byte", Protocol::MySql, 0, sends(vec![1, 0, 0, 0, 10], false)),
        ("an answer of nothing", Protocol::MySql, 3, sends(packet(&[]), false)),
        ("an end of another kind", Protocol::Ldap, 1, ends(&[0x65, 3, 4, 1, b'x'])),
        ("an end with nothing in it", Protocol::Ldap, 1, ends(&[0x65, 0])),
        ("an end that is no sequence", Protocol::Ldap, 1, ends(&[0x45, 1, 0])),
        ("a bind of another kind", Protocol::Ldap, 0, ends(&[0x61, 3, 4, 1, b'x'])),
        ("controls of another kind", Protocol::Ldap, 1, ends(&[0x65, 7, 10, 1, 0, 4, 0, 4, 0, 0xa0, 3, 4, 1, b'x'])),
    ] {
        let log = log_of(what, protocol, turn, wrong);
        let told = log.iter().filter(|line| line["message"] == "reading what a server sent panicked").count();
        println!("{what}: {told} panics");
        panics += told;
        assert!(told <= ASKED, "{what}: {log:?}");
        assert!(count(&log, "cause", LEFT_ALONE) >= QUESTIONS - ASKED - 1, "{what}: {log:?}");
    }
    assert!(panics > 0, "no library panics over these any more: look for others");
}
