//! Services over HTTP, asked through the whole gateway: gateway.yaml, connection, rule, reply.

use serde_json::json;

use crate::support::outside::{Outside, Told};
use crate::support::platform::{Manner, Platform, TOKEN};

/// A connection to the platform that sends the caller's bearer on.
fn caller(platform: &Platform) -> String {
    format!("http: \"http://{}\", token: caller, allow: [127.0.0.1]", platform.address)
}

const BY_MOBILE: &str = "post: /usersrvc/api/user/list, body: { pageNumber: 0, pageSize: 10, filters: { mobile: \"${key}\" } }, \
                         rows: data.elements, where: { mobile: \"${key}\" }";

fn people() -> Platform {
    Platform::new(&json!([
        { "id": "61e9", "login": "asha.rao", "mobile": "9820012345", "status": "ACTIVE" },
        { "id": "61ea", "login": "meera.iyer", "mobile": "19820012345", "status": "INACTIVE" },
        { "id": "61eb", "login": "no.mobile", "mobile": null },
    ]))
}

#[test]
fn a_list_is_searched_and_only_what_is_exactly_the_key_is_a_row() {
    let platform = people();
    let outside = Outside::asking(&caller(&platform), BY_MOBILE);
    // The platform finds two: it searches for the digits anywhere.
    let rows = r#"[{"id":"61e9","login":"asha.rao","mobile":"9820012345","status":"ACTIVE"}]"#;
    assert_eq!(outside.told("9820012345"), Told::Rows(rows.to_owned()));
    assert_eq!(outside.told("982001234"), Told::Rows("[]".to_owned()));
    assert_eq!(outside.told("5550000000"), Told::Rows("[]".to_owned()));
    let seen = platform.seen();
    assert_eq!(seen.len(), 3);
    assert_eq!((&*seen[0].method, &*seen[0].target), ("POST", "/usersrvc/api/user/list"));
    assert_eq!(seen[0].json(), json!({ "pageNumber": 0, "pageSize": 10, "filters": { "mobile": "9820012345" } }));
    assert_eq!(seen[0].header("authorization"), [format!("Bearer {TOKEN}")]);
    assert_eq!(seen[0].header("content-type"), ["application/json"]);
}

#[test]
fn the_first_place_that_is_there_has_the_rows() {
    let platform = people();
    let lookup = BY_MOBILE.replace("rows: data.elements", "rows: [data.elements, data.content]");
    let outside = Outside::asking(&caller(&platform), &lookup);
    let elements = outside.told("9820012345");
    platform.now(Manner::AnswerContent);
    assert_eq!(outside.told("9820012345"), elements);
    assert!(elements.rows().contains("61e9"));
    // Nothing is no list: the second place counts, and an empty list at the first is an answer.
    platform.now(Manner::Body(r#"{"data":{"elements":null,"content":[{"mobile":"1"}]}}"#.to_owned()));
    assert_eq!(outside.told("1").rows(), r#"[{"mobile":"1"}]"#);
    platform.now(Manner::Body(r#"{"data":{"elements":[],"content":[{"mobile":"1"}]}}"#.to_owned()));
    assert_eq!(outside.told("1").rows(), "[]");
}

const BY_ID: &str = "get: \"/usersrvc/api/user/${key}\", rows: data, where: { id: \"${key}\" }, no_rows_on: [404]";

#[test]
fn one_object_is_one_row_and_a_status_can_mean_none() {
    let platform = people();
    let outside = Outside::asking(&caller(&platform), BY_ID);
    assert!(outside.told("61ea").rows().starts_with(r#"[{"id":"61ea","login":"meera.iyer""#));
    assert_eq!(outside.told("6666").rows(), "[]");
    let seen = platform.seen();
    assert_eq!((&*seen[0].method, &*seen[0].target, &*seen[0].body), ("GET", "/usersrvc/api/user/61ea", ""));
    assert_eq!((seen[0].header("content-length"), seen[0].header("content-type")), (vec![], vec![]));
    // Unless it says so, it is an error.
    let strict = Outside::asking(&caller(&platform), &BY_ID.replace(", no_rows_on: [404]", ""));
    assert_eq!(strict.told("6666").trouble(), "status 404");
    // Another status than those is an error as well.
    platform.now(Manner::Status(400));
    assert_eq!(outside.told("61ea").trouble(), "status 400");
}

#[test]
fn an_answer_that_says_something_else_never_looks_like_nobody() {
    let platform = people();
    let outside = Outside::asking(&caller(&platform), &BY_ID.replace("rows: data", "rows: [data.user, data.users]"));
    let nothing = "the answer has nothing at `data.user` or `data.users`";
    for (body, wanted) in [
        (r#"{"success":false,"data":null,"errorCode":"X"}"#, nothing),
        (r#"{"data":{"user":null}}"#, nothing),
        (r#"{"data":{}}"#, nothing),
        (r#"{"data":[{"user":{"id":"61e9"}}]}"#, nothing),
        ("{}", nothing),
        ("[]", nothing),
        ("null", nothing),
        ("\"no\"", nothing),
        (r#"{"data":{"user":"61e9"}}"#, "the answer has text in place of rows"),
        (r#"{"data":{"user":7}}"#, "the answer has a number in place of rows"),
        (r#"{"data":{"user":true}}"#, "the answer has true/false in place of rows"),
        (r#"{"data":{"user":["61e9"]}}"#, "the answer has text in place of a row"),
        (r#"{"data":{"user":[{"id":"61e9"},null]}}"#, "the answer has null in place of a row"),
        ("", "the answer is not JSON that can be read: "),
        ("<html>", "the answer is not JSON that can be read: "),
        (r#"{"data":{"user":{"id":"61e9"}}"#, "the answer is not JSON that can be read: "),
        (r#"{"data":{"user":{"id":"61e9","id":"1"}}}"#, "the answer is not JSON that can be read: "),
        (r#"{"data":{"user":{"id":"61e9"}}} {}"#, "the answer is not JSON that can be read: "),
    ] {
        platform.now(Manner::Body(body.to_owned()));
        let told = outside.told("61e9").trouble();
        assert!(told.starts_with(wanted), "{body}: {told}");
        assert!(!told.contains("61e9"), "{body}: {told}");
    }
    let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
    platform.now(Manner::Body(deep));
    assert!(outside.told("61e9").trouble().contains("not JSON that can be read"));
}

#[test]
fn without_a_place_the_answer_itself_is_the_rows() {
    let platform = people();
    let outside = Outside::asking(&caller(&platform), "get: \"/u/${key}\"");
    for (body, rows) in
        [(r#"[{"a":1},{"a":2}]"#, r#"[{"a":1},{"a":2}]"#), (r#"{"a":1}"#, r#"[{"a":1}]"#), ("[]", "[]"), ("{}", "[{}]")]
    {
        platform.now(Manner::Body(body.to_owned()));
        assert_eq!(outside.told("k").rows(), rows);
    }
}

#[test]
fn numbers_keep_every_digit_and_texts_every_letter() {
    let platform = people();
    let outside = Outside::asking(&caller(&platform), "get: \"/u/${key}\", rows: data");
    let row = r#"{"n":123456789012345678901234567890.10,"e":1E+2,"z":-0,"t":"\u00e9\ud83d\ude00 \"é\"","b":null}"#;
    platform.now(Manner::Body(format!("{{\"data\":[ {row} ]}}")));
    let told = outside.told("k").rows();
    for part in ["123456789012345678901234567890.10", "1E+2", "-0", r#""é😀 \"é\"""#, r#""b":null"#] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

#[test]
fn every_letter_counts_where_rows_are_compared() {
    let platform = people();
    let lookup = "post: /l, body: { q: \"${key}\" }, where: { mail: \"${key}\", kind: person }";
    let outside = Outside::asking(&caller(&platform), lookup);
    let row = |mail: &str, kind: &str| format!(r#"{{"mail":{mail},"kind":{kind}}}"#);
    let others = [
        row("\"a@x.example\"", "\"group\""),
        row("\"A@x.example\"", "\"person\""),
        row("\"a@x.example \"", "\"person\""),
        row("\"\u{430}@x.example\"", "\"person\""),
        row("[\"a@x.example\"]", "\"person\""),
        row("{\"a@x.example\":1}", "\"person\""),
        row("null", "\"person\""),
        row("\"\"", "\"person\""),
        r#"{"kind":"person"}"#.to_owned(),
        r#"{"mail":"a@x.example"}"#.to_owned(),
    ];
    let right = row("\"a@x.example\"", "\"person\"");
    platform.now(Manner::Body(format!("[{},{right}]", others.join(","))));
    assert_eq!(outside.told("a@x.example").rows(), format!("[{right}]"));
    // A number is compared by its digits, as they are written.
    platform.now(Manner::Body(r#"[{"mail":70,"kind":"person"},{"mail":70.0,"kind":"person"}]"#.to_owned()));
    assert_eq!(outside.told("70").rows(), r#"[{"mail":70,"kind":"person"}]"#);
}

#[test]
fn rows_are_compared_by_functions_of_their_fields_too() {
    let platform = Platform::new(&json!([
        { "id": "1", "mobile": "+91 98200-12345" },
        { "id": "2", "mobile": "09820012345" },
        { "id": "3", "mobile": 919_820_012_345_u64 },
        { "id": "4", "mobile": "98200123456" },
        { "id": "5", "mobile": null },
        { "id": "6" },
        { "id": "7", "mobile": [] },
    ]));
    let lookup = BY_MOBILE.replace("where: { mobile:", "where: { \"last(digits(mobile), 10)\":");
    let outside = Outside::asking(&caller(&platform), &lookup);
    let rows: serde_json::Value = serde_json::from_str(&outside.told("9820012345").rows()).unwrap();
    let ids: Vec<&str> = rows.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["1", "2", "3"]);
}

#[test]
fn a_key_of_several_values_fills_each_place_with_its_own() {
    let platform = people();
    let settings = format!("connections: {{ api: {{ {} }} }}\n", caller(&platform));
    let rules = "hook: preCreateUser\nlookups:\n  it: { http: api, on_error: fail, post: \"/by/${key.first}\", query: { last: \"${key.last}\" },\n\
                 \x20        body: { all: [\"${key.first} ${key.last}\", \"${key.age}\", 7, true, null] }, headers: { X-First: \"${key.first}\" }, where: { last: \"${key.last}\" } }\n\
                 rules:\n  - name: ask\n    let: { row: { lookup: it, key: { first: \"${user.first}\", last: \"${user.last}\", age: \"${user.age}\" } } }\n    set: { user.id: \"${row.id}\" }\n";
    let outside = Outside::new(&settings, rules);
    platform.now(Manner::Body(r#"[{"last":"Iyer","id":"0"},{"last":"Rao","id":"61e9"}]"#.to_owned()));
    let (reply, _) =
        outside.reply("preCreateUser", r#"{"request":{"user":{"first":"Asha","last":"Rao","age":41}}}"#, Some(TOKEN));
    assert!(reply.body.contains(r#""id":"61e9""#), "{}", reply.body);
    let seen = platform.seen().remove(0);
    assert_eq!(seen.target, "/by/Asha?last=Rao");
    // A lone `${…}` keeps the kind of its value.
    assert_eq!(seen.json(), json!({ "all": ["Asha Rao", 41, 7, true, null] }));
    assert_eq!(seen.header("x-first"), ["Asha"]);
}

#[test]
fn what_stands_before_the_path_and_slashes_at_its_end_are_kept() {
    let platform = people();
    platform.now(Manner::Body("[]".to_owned()));
    for (base, path, wanted) in [
        ("", "/", "/?q=k"),
        ("/api/v1", "/", "/api/v1/?q=k"),
        ("/api/v1/", "/users/", "/api/v1/users/?q=k"),
        ("/a%2Fb", "/users", "/a%2Fb/users?q=k"),
        ("", "/a//b", "/a//b?q=k"),
    ] {
        let connection = format!("http: \"http://{}{base}\", allow: [127.0.0.1]", platform.address);
        let outside = Outside::asking(&connection, &format!("get: {path}, query: {{ q: \"${{key}}\" }}"));
        assert_eq!(outside.told("k").rows(), "[]", "{base}{path}");
        assert_eq!(platform.seen().remove(0).target, wanted);
    }
}
