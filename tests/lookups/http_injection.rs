//! Keys that want to be more than a value: whatever is in one, it stands where the lookup has it, or the question is not asked.

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::properties::tries;
use crate::support::outside::{Outside, Told};
use crate::support::platform::{Manner, Platform, Seen};

const HOSTILE: [&str; 42] = [
    ".",
    "..",
    "...",
    "/",
    "//",
    "/../x",
    "../../admin",
    "//evil.example",
    "///evil.example/x",
    "\\\\evil.example",
    "..\\x",
    "?a=b",
    "#frag",
    "&a=b",
    ";a=b",
    "x?a=b&c=d#e",
    "%2e%2e",
    "%2f",
    "%2F..%2F",
    "%00",
    "%0d%0a",
    "%",
    "%zz",
    "\0",
    "\r\n",
    "x\r\nX-Evil: 1",
    "x\r\n\r\nGET /evil HTTP/1.1\r\nHost: x\r\n\r\n",
    "x\nX-Evil: 1",
    "x HTTP/1.1",
    "@evil.example",
    ":80",
    "http://evil.example/",
    "\"",
    "\",\"admin\":true,\"x\":\"",
    "\\\",\"a\":\"",
    "{\"$ne\":null}",
    "${key}",
    "${env:HOME}",
    " x ",
    "\tx",
    "\u{85}x\u{2028}",
    "\u{ff0f}\u{2025}\u{ff0e}",
];

/// The ways a key can take into a call.
const LOOKUPS: [(&str, &str); 4] = [
    ("path", "get: \"/a/${key}/z\""),
    ("dotted", "get: \"/a/.${key}\""),
    ("query", "get: /a, query: { q: \"${key}\", r: \"<${key}>\" }"),
    ("body", "post: /a, body: { q: \"${key}\", r: [\"<${key}>\"] }"),
];

fn platform() -> Platform {
    let platform = Platform::new(&json!([]));
    platform.now(Manner::Body("[]".to_owned()));
    platform
}

fn outside(platform: &Platform, lookup: &str) -> Outside {
    Outside::asking(&format!("http: \"http://{}\", allow: [127.0.0.1], bearer: b", platform.address), lookup)
}

/// One part of a path, decoded byte by byte.
fn decoded(part: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = part;
    while let Some(byte) = rest.bytes().next() {
        let is_escape = byte == b'%';
        bytes.push(if is_escape { u8::from_str_radix(&rest[1..3], 16).unwrap() } else { byte });
        rest = &rest[if is_escape { 3 } else { 1 }..];
    }
    String::from_utf8(bytes).unwrap()
}

/// What of a call is the same whatever the key is: it must be.
fn check_frame(seen: &Seen, with_body: bool, more: &[&str]) {
    let mut names: Vec<String> = seen.headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    names.sort();
    let mut wanted = vec!["accept", "authorization", "host", "user-agent"];
    wanted.extend(if with_body { ["content-length", "content-type"].as_slice() } else { &[] });
    wanted.extend(more);
    wanted.sort_unstable();
    assert_eq!(names, wanted, "{seen:?}");
    assert_eq!(seen.header("authorization"), ["Bearer b"]);
    assert!(!seen.target.contains('#'), "{seen:?}");
}

/// Checks that a call has the key where the lookup has it, and nothing else of it anywhere.
fn check_call(way: &str, seen: &Seen, key: &str) {
    check_frame(seen, way == "body", &[]);
    let parts: Vec<&str> = seen.target.split('/').collect();
    match (way, parts.as_slice()) {
        ("path", ["", "a", part, "z"]) => assert_eq!(decoded(part), key),
        ("dotted", ["", "a", part]) => assert_eq!(decoded(part), format!(".{key}")),
        ("query", _) => {
            assert_eq!(seen.path(), "/a");
            let wanted = [("q".to_owned(), key.to_owned()), ("r".to_owned(), format!("<{key}>"))];
            assert_eq!(seen.query(), wanted);
        }
        ("body", ["", "a"]) => assert_eq!(seen.json(), json!({ "q": key, "r": [format!("<{key}>")] })),
        _ => panic!("{seen:?}"),
    }
}

/// Asks in each way and compares what reached the service with the key.
fn try_key(key: &str, platform: &Platform, ways: &[(&str, Outside)]) {
    for (way, outside) in ways {
        let told = outside.told(key);
        let seen = platform.seen();
        let is_step = |part: &str| matches!(part, "." | "..");
        let is_refused = *way == "path" && is_step(key) || *way == "dotted" && is_step(&format!(".{key}"));
        if hookgate::event::is_blank(key) {
            assert_eq!((told, seen.len()), (Told::Rows("[]".to_owned()), 0), "a blank key finds nothing, {key:?}");
        } else if is_refused {
            assert_eq!(
                (told.trouble().as_str(), seen.len()),
                ("the key would change the path: it is empty, `.` or `..` there", 0)
            );
        } else {
            assert_eq!((told.rows().as_str(), seen.len()), ("[]", 1), "{way}: {key:?}");
            check_call(way, &seen[0], key);
        }
    }
}

fn ways(platform: &Platform) -> Vec<(&'static str, Outside)> {
    LOOKUPS.iter().map(|(way, lookup)| (*way, outside(platform, lookup))).collect()
}

#[test]
fn hostile_keys_change_no_call() {
    let platform = platform();
    let ways = ways(&platform);
    for key in HOSTILE {
        try_key(key, &platform, &ways);
    }
}

/// Any text, and pieces of URLs, headers and JSON in any order.
fn keys() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(prop::sample::select(&HOSTILE[..]), 1..4).prop_map(|pieces| pieces.concat());
    prop_oneof![any::<String>(), pieces, "[./%?#&=@:\\\\a-f0-9 \r\n\t\0\u{80}-\u{a0}]{1,12}"]
}

#[test]
fn no_key_changes_a_call() {
    let platform = platform();
    let ways = ways(&platform);
    let tried = TestRunner::new(tries(200)).run(&keys(), |key| {
        try_key(&key, &platform, &ways);
        Ok(())
    });
    tried.unwrap();
}

/// Whether a text arrives as it is in a header: visible ASCII, spaces and tabs between (RFC 9110, 5.5).
fn fits_a_header(key: &str) -> bool {
    key == key.trim_matches([' ', '\t']) && key.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t'))
}

#[test]
fn a_key_stands_in_a_header_whole_or_the_question_is_not_asked() {
    let platform = platform();
    let outside = outside(&platform, "get: /a, headers: { X-Q: \"${key}\", X-R: \"<${key}>\" }");
    let try_key = |key: &str| {
        let told = outside.told(key);
        let seen = platform.seen();
        if hookgate::event::is_blank(key) {
            assert_eq!((told, seen.len()), (Told::Rows("[]".to_owned()), 0));
        } else if fits_a_header(key) {
            assert_eq!((told.rows().as_str(), seen.len()), ("[]", 1), "{key:?}");
            check_frame(&seen[0], false, &["x-q", "x-r"]);
            assert_eq!((seen[0].header("x-q"), seen[0].header("x-r")), (vec![key], vec![&*format!("<{key}>")]));
        } else {
            let wanted = "the key has characters that cannot stand in the header `X-Q`".to_owned();
            assert_eq!((told, seen.len()), (Told::Trouble(wanted), 0), "{key:?}, {seen:?}");
        }
    };
    HOSTILE.into_iter().for_each(try_key);
    let mixed = prop_oneof![keys(), "[ -~\t]{1,20}"];
    let tried = TestRunner::new(tries(200)).run(&mixed, |key| {
        try_key(&key);
        Ok(())
    });
    tried.unwrap();
}

#[test]
fn a_page_number_and_a_filter_stand_where_they_are_whatever_the_key_is() {
    let platform = platform();
    let lookup = "post: /l, body: { pageNumber: 0, filters: { q: \"${key}\" } }, pages: { number: pageNumber, size: 5 }, where: { q: \"${key}\" }";
    let outside = outside(&platform, lookup);
    for key in HOSTILE.into_iter().filter(|key| !hookgate::event::is_blank(key)) {
        // The service answers with everybody; the one row with this very key is found, and no other.
        let rows = json!([{ "q": key, "id": 1 }, { "q": format!("{key} "), "id": 2 }, { "q": "x", "id": 3 }]);
        platform.now(Manner::Body(rows.to_string()));
        let told: Value = serde_json::from_str(&outside.told(key).rows()).unwrap();
        assert_eq!(told, json!([{ "q": key, "id": 1 }]));
        assert_eq!(platform.seen()[0].json(), json!({ "pageNumber": 0, "filters": { "q": key } }));
    }
}
