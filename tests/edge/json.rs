//! E4: bodies that are almost JSON get 400 and a code, and every number comes through with each of its digits.

use hookgate::event::{Event, Unreadable};
use hookgate::gateway::Reply;

use crate::support::server::settings;
use crate::support::{Client, Running, gateway, post, request, server, server_answering};

/// A server that answers the request object as it was read.
fn echoing() -> Running {
    server_answering(&settings(), |event: &Event| Reply {
        status: 200,
        body: hookgate::event::Value::Source(event.request()).written(),
    })
}

fn nested(levels: usize) -> String {
    // The user's own object, the request and the envelope are three of them.
    format!(r#"{{"request":{{"user":{{"a":{}{}}}}}}}"#, "[".repeat(levels - 3), "]".repeat(levels - 3))
}

#[test]
fn a_body_may_nest_64_levels_and_no_more() {
    let server = echoing();
    for (levels, status) in [(4, 200), (64, 200), (65, 400), (100_000, 400)] {
        let answer = post(server.address, "/validateUser", nested(levels).as_bytes());
        assert_eq!(answer.status, status, "{levels}");
        if status == 400 {
            assert_eq!(answer.code(), "BodyUnreadable");
        }
    }
}

/// It is no part of the user, who goes back byte for byte.
#[test]
fn a_byte_order_mark_before_a_body_is_passed_over() {
    let server = server(&settings(), gateway());
    for (path, body, answered) in [
        ("/validateUser", r#" { "request": {"user": { "a":1.0 } } }"#, r#"{"response":{"data":{ "a":1.0 }}}"#),
        ("/validateUser", r#"{"user":{"a":"\ufeff"}}"#, r#"{"response":{"data":{"a":"\ufeff"}}}"#),
        ("/postCreateUser", r#"{"request":{"user":{}}}"#, r#"{"response":{}}"#),
        ("/test", "", r#"{"response":{}}"#),
        ("/test", " \r\n", r#"{"response":{}}"#),
    ] {
        for mark in ["", "\u{feff}"] {
            let answer = post(server.address, path, format!("{mark}{body}").as_bytes());
            assert_eq!((answer.status, &*answer.body), (200, answered), "{path} {mark:?} {body}");
        }
    }
}

#[test]
fn what_cannot_be_answered_faithfully_is_refused_on_the_same_connection() {
    let server = echoing();
    let mut client = Client::connect(server.address);
    let user = |inner: &str| format!(r#"{{"request":{{"user":{{{inner}}}}}}}"#).into_bytes();
    let cases: [(&str, Vec<u8>); 21] = [
        ("a key twice at the top", br#"{"request":{"user":{}},"request":{"user":{}}}"#.to_vec()),
        ("a key twice in the request", br#"{"request":{"user":{},"user":{}}}"#.to_vec()),
        ("a key twice in the user", user(r#""a":1,"a":2"#)),
        ("a key twice deep down", user(r#""a":[{"b":{"c":1,"d":2,"c":3}}]"#)),
        ("a key twice, once escaped", user(r#""a":1,"\u0061":2"#)),
        ("bad UTF-8", [&b"{\"request\":{\"user\":{\"a\":\"\xff\"}}}"[..]].concat()),
        ("UTF-8 cut short", b"{\"request\":{\"user\":{\"a\":\"\xc3\"}}}".to_vec()),
        ("a NUL", user("\"a\":\"\0\"")),
        ("a NUL at the end", [&user("")[..], b"\0"].concat()),
        ("half a surrogate pair", user(r#""a":"\ud800""#)),
        ("the other half", user(r#""a":"\udc00x""#)),
        ("two byte order marks", [&b"\xef\xbb\xbf\xef\xbb\xbf"[..], &user("")].concat()),
        ("a byte order mark behind the value", [&user("")[..], b"\xef\xbb\xbf"].concat()),
        ("UTF-16", "\u{feff}{}".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("1e999", user(r#""a":1e999"#)),
        ("NaN", user(r#""a":NaN"#)),
        ("a leading zero", user(r#""a":01"#)),
        ("two values", [user(""), user("")].concat()),
        ("a comma too many", user(r#""a":1,"#)),
        ("a line end in a text", user("\"a\":\"\n\"")),
        ("nothing but space", b"   ".to_vec()),
    ];
    for (name, body) in cases {
        client.send(&request("POST", "/validateUser", "", &body));
        let answer = client.answer().unwrap();
        assert_eq!((answer.status, &*answer.code()), (400, "BodyUnreadable"), "{name}");
    }
}

#[test]
fn every_number_comes_back_as_it_was_sent() {
    let server = echoing();
    for number in [
        "18446744073709551616",
        "123456789012345678901234567890",
        "-9223372036854775809",
        "0.1000",
        "1E5",
        "-0",
        "1e308",
        "3.141592653589793238462643383279",
    ] {
        let request = format!(r#"{{"user":{{"n":{number},"text":"\u00e9\/é"}}}}"#);
        let answer = post(server.address, "/validateUser", format!(r#"{{"request": {request} }}"#).as_bytes());
        assert_eq!((answer.status, answer.body), (200, request));
    }
}

#[test]
fn the_cause_names_the_place_and_never_the_text() {
    let body = br#"{"request":{"passwordText":"s3cret" "user"}}"#.to_vec();
    let why: Unreadable = hookgate::event::Document::read(body, 64).unwrap_err();
    assert_eq!(why.at_byte, 36);
    assert!(!why.to_string().contains("s3cret"), "{why}");
}
