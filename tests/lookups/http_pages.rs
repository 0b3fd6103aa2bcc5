//! Answers of a service that come page by page.

use serde_json::{Value, json};

use crate::support::outside::Outside;
use crate::support::platform::{Manner, Platform};

/// So many people whose number holds 98, the last of whom has exactly this one.
fn platform(people: usize) -> Platform {
    let person =
        |n: usize| json!({ "id": n, "mobile": if n + 1 == people { "98".to_owned() } else { format!("98{n}") } });
    Platform::new(&(0..people).map(person).collect::<Value>())
}

fn outside(platform: &Platform, more: &str) -> Outside {
    let connection = format!("http: \"http://{}\", token: caller, allow: [127.0.0.1]", platform.address);
    let lookup = format!(
        "post: /usersrvc/api/user/list, body: {{ pageNumber: 0, pageSize: 3, filters: {{ mobile: \"${{key}}\" }} }}, \
         rows: [data.elements, data.content], where: {{ mobile: \"${{key}}\" }}, pages: {{ number: pageNumber, size: 3{more} }}"
    );
    Outside::asking(&connection, &lookup)
}

#[test]
fn pages_are_asked_for_until_one_is_not_full_in_both_shapes() {
    for manner in [Manner::Answer, Manner::AnswerContent] {
        // Of so many people the last page is the n-th: a full one may have another behind it.
        for (people, calls) in [(1, 1), (2, 1), (3, 2), (4, 2), (6, 3), (8, 3)] {
            let platform = platform(people);
            platform.now(manner.clone());
            let rows = outside(&platform, "").told("98").rows();
            assert_eq!(rows, format!(r#"[{{"id":{},"mobile":"98"}}]"#, people - 1));
            let numbers: Vec<Value> = platform.seen().iter().map(|seen| seen.json()["pageNumber"].clone()).collect();
            assert_eq!(numbers, (0..calls).map(Value::from).collect::<Vec<_>>(), "{people} people, {manner:?}");
        }
    }
}

#[test]
fn where_the_last_allowed_page_is_full_the_lookup_fails_rather_than_miss_a_row() {
    let platform = platform(7);
    let told = outside(&platform, ", limit: 2").told("98").trouble();
    assert_eq!(told, "2 pages are full and there may be more");
    assert_eq!(platform.seen().len(), 2);
    assert!(outside(&platform, ", limit: 3").told("98").rows().contains("\"98\""));
}

#[test]
fn a_service_that_sends_the_same_full_page_for_ever_is_asked_ten_times() {
    let platform = platform(3);
    platform
        .now(Manner::Body(r#"{"data":{"elements":[{"mobile":"981"},{"mobile":"982"},{"mobile":"983"}]}}"#.to_owned()));
    assert_eq!(outside(&platform, "").told("98").trouble(), "10 pages are full and there may be more");
    assert_eq!(platform.seen().len(), 10);
}

#[test]
fn a_page_that_fails_fails_the_lookup() {
    // The first page is full, the second is no answer: the rows of the first are not given out.
    let platform = platform(3);
    platform.then([Manner::Answer, Manner::Status(500)]);
    assert_eq!(outside(&platform, "").told("98").trouble(), "status 500");
    platform.then([Manner::Answer, Manner::Body(r#"{"data":null}"#.to_owned())]);
    assert_eq!(
        outside(&platform, "").told("98").trouble(),
        "the answer has nothing at `data.elements` or `data.content`"
    );
}

#[test]
fn a_get_carries_the_number_in_its_query_and_the_first_page_may_be_number_one() {
    let platform = platform(0);
    let connection = format!("http: \"http://{}\", allow: [127.0.0.1]", platform.address);
    let lookup = "get: /users, query: { page: \"7\", q: \"${key}\" }, pages: { number: page, first: 1, size: 2 }";
    let page = |rows: &str| Manner::Body(rows.to_owned());
    platform.then([page(r#"[{"a":1},{"a":2}]"#), page(r#"[{"a":3},{"a":4}]"#), page("[]")]);
    let rows = Outside::asking(&connection, lookup).told("x y").rows();
    assert_eq!(rows, r#"[{"a":1},{"a":2},{"a":3},{"a":4}]"#);
    let targets: Vec<String> = platform.seen().into_iter().map(|seen| seen.target).collect();
    assert_eq!(targets, ["/users?q=x+y&page=1", "/users?q=x+y&page=2", "/users?q=x+y&page=3"]);
}

#[test]
fn a_number_may_stand_deep_in_the_body_and_all_pages_together_are_limited() {
    let platform = platform(0);
    let connection = format!("http: \"http://{}\", allow: [127.0.0.1]", platform.address);
    let lookup = "post: /users, timeout: 30s, body: { q: \"${key}\", paging: { at: { page: 0 } } }, pages: { number: paging.at.page, size: 1 }";
    let outside = Outside::asking(&connection, lookup);
    // Each is well within the limit of one answer, 4 MiB; the second goes over it.
    platform.now(Manner::Body(format!(r#"[{{"note":"{}"}}]"#, "x".repeat(3 << 20))));
    assert_eq!(outside.told("k").trouble(), "all pages together are larger than 4 MiB");
    let bodies: Vec<String> = platform.seen().into_iter().map(|seen| seen.body).collect();
    assert_eq!(bodies, [r#"{"q":"k","paging":{"at":{"page":0}}}"#, r#"{"q":"k","paging":{"at":{"page":1}}}"#]);
}

#[test]
fn the_number_need_not_be_written_in_the_body() {
    let platform = platform(0);
    let connection = format!("http: \"http://{}\", allow: [127.0.0.1]", platform.address);
    platform.now(Manner::Body("[]".to_owned()));
    for (body, number, wanted) in [
        ("body: { q: \"${key}\" }", "page", r#"{"q":"k","page":0}"#),
        ("body: { q: \"${key}\" }", "paging.page", r#"{"q":"k","paging":{"page":0}}"#),
        ("where: { q: \"${key}\" }", "page", r#"{"page":0}"#),
    ] {
        let lookup = format!("post: /users, {body}, pages: {{ number: {number}, size: 2 }}");
        assert_eq!(Outside::asking(&connection, &lookup).told("k").rows(), "[]");
        assert_eq!(platform.seen().remove(0).body, wanted);
    }
    let lookup = "post: /users, body: [\"${key}\"], pages: { number: page, size: 2 }";
    let told = Outside::asking(&connection, lookup).told("k").trouble();
    assert_eq!((told.as_str(), platform.seen().len()), ("the body has no place for the page `page`", 0));
}

#[test]
fn the_last_page_counts_towards_the_limit_as_the_others_do() {
    const MIB: usize = 1 << 20;
    let platform = platform(0);
    let connection = format!("http: \"http://{}\", allow: [127.0.0.1]", platform.address);
    let lookup = "get: /users, timeout: 30s, query: { q: \"${key}\" }, pages: { number: page, size: 2 }";
    let outside = Outside::asking(&connection, lookup);
    let long = |length: usize| "x".repeat(length);
    let full = |length| Manner::Body(format!(r#"[{{"id":1,"note":"{}"}},{{"id":2}}]"#, long(length)));
    let last = |length| Manner::Body(format!(r#"[{{"id":3,"note":"{}"}}]"#, long(length)));
    platform.then([full(2 * MIB), last(MIB)]);
    assert!(outside.told("k").rows().contains("\"id\":3"));
    // Each is within the limit of 4 MiB, and no page may follow: nothing but their sum is too much.
    platform.then([full(3 * MIB), last(3 * MIB)]);
    assert_eq!(outside.told("k").trouble(), "all pages together are larger than 4 MiB");
}
