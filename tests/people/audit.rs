//! `mode: audit` with `until`: by the event's clock and zone the rule watches to the end of the day, and is enforced after it.

use hookgate::event::Calendar;
use hookgate::lint::audits;

use super::{live, not_passed, said};
use crate::support::program::{Program, folder};

fn rules(until: &str) -> String {
    format!(
        "hook: [validateUser, preCreateUser]\nowner: HR\ncodes: {{ NoManager: x }}\nrules:\n  - name: manager-is-named\n    hook: validateUser\n    \
         mode: audit\n    until: {until}\n    when: {{ user.managerId: {{ empty: true }} }}\n    reject: NoManager\n  - name: tidy\n    hook: preCreateUser\n    \
         mode: audit\n    until: {until}\n    set: {{ user.city: Pune }}\ntests:\n  - name: on the last day it watches\n    hook: validateUser\n    \
         request: {{ user: {{ login: a }} }}\n    given: {{ now: \"2027-01-31T23:59:59Z\" }}\n    expect: {{ accept: true }}\n  - name: on the next it refuses\n    \
         hook: validateUser\n    request: {{ user: {{ login: a }} }}\n    given: {{ now: \"2027-02-01T00:00:00Z\" }}\n    expect: {{ reject: NoManager }}\n  - name: on the last day nothing is changed\n    \
         hook: preCreateUser\n    request: {{ user: {{ login: a }} }}\n    given: {{ now: \"2027-01-31T00:00:00Z\" }}\n    expect: {{ user: {{ city: null }} }}\n  - name: on the next it is\n    \
         hook: preCreateUser\n    request: {{ user: {{ login: a }} }}\n    given: {{ now: \"2027-02-01T12:00:00Z\" }}\n    expect: {{ user: {{ city: Pune }}, by: tidy }}\n"
    )
}

#[test]
fn the_last_day_counts_and_the_rule_is_enforced_after_it() {
    for until in ["2027-01-31", "31.01.2027", "31 Jan 2027"] {
        assert_eq!(not_passed(&live("", &[("rules/a.yaml", &rules(until))])), Vec::<String>::new(), "{until}");
    }
}

#[test]
fn what_is_no_end_of_an_audit_is_a_mistake() {
    for (lines, told) in [
        ("until: 2027-01-31", "this rule is not in audit mode"),
        ("mode: off\n    until: 2027-01-31", "this rule is not in audit mode"),
        ("mode: audit\n    until: soon", "`soon` is not a day"),
        ("mode: audit\n    until: \"2027-01-31T12:00\"", "`2027-01-31T12:00` is not a day"),
        ("mode: audit\n    until: \"\"", "`` is not a day"),
        ("mode: audit\n    until: 2027-02-30", "`2027-02-30` is not a day"),
        ("mode: audit\n    until: [2027-01-31]", "`until` is a text"),
    ] {
        let rules = format!("hook: test\nrules:\n  - name: r\n    {lines}\n    stop: true\n");
        let said = said("", &[("rules/a.yaml", &rules)]);
        assert!(said.contains(told), "{lines}: {said}");
    }
}

/// What a check says on a day: nothing, that it ends, that it is over.
#[test]
fn a_check_tells_of_an_audit_that_ends_and_of_one_that_is_over() {
    let live = live("", &[("rules/a.yaml", &rules("2027-01-31"))]);
    for (day, code) in [
        ("2026-12-31", None),
        ("2027-01-16", None),
        ("2027-01-17", Some("H836")),
        ("2027-01-31", Some("H836")),
        ("2027-02-01", Some("H835")),
        ("2029-01-01", Some("H835")),
    ] {
        let found = audits(&live.rules, day.parse().unwrap());
        assert!(found.iter().all(|finding| finding.to_log().contains("owner HR")), "{found:?}");
        let codes: Vec<&str> = found.iter().map(|finding| finding.code.id).collect();
        assert_eq!(codes, code.map_or(Vec::new(), |code| vec![code, code]), "{day}");
    }
}

/// The day is that of the zone in which the event's dates are.
#[test]
fn the_day_ends_in_the_zone_of_the_event() {
    use hookgate::engine::{Verdict, decide};
    use hookgate::event::{Context, Event, Value};
    let live = live("", &[("rules/a.yaml", &rules("2027-01-31"))]);
    for (zone, now, refused) in [
        ("Asia/Kolkata", "2027-01-31T18:29:59Z", false),
        ("Asia/Kolkata", "2027-01-31T18:30:00Z", true),
        ("America/New_York", "2027-02-01T04:59:59Z", false),
        ("America/New_York", "2027-02-01T05:00:00Z", true),
    ] {
        let context = Context {
            id: "id".to_owned(),
            now: now.parse().unwrap(),
            calendar: Calendar::of(jiff::tz::TimeZone::get(zone).unwrap()),
            app: None,
            token: Value::Null,
            caller: Value::Null,
            bearer: None,
            trace: None,
        };
        let hook = live.rules.hooks.position("validateUser").unwrap();
        let body = br#"{"request":{"user":{"login":"a"}}}"#.to_vec();
        let event = Event::read(&live.rules.hooks, hook, body, 64, context).unwrap();
        let decision = decide(&live.rules, &event, &live.tables).unwrap();
        assert_eq!(matches!(decision.verdict, Verdict::Rejected { .. }), refused, "{zone} {now}");
        assert_eq!(decision.audits.len(), usize::from(!refused), "{zone} {now}");
    }
}

#[test]
fn a_page_a_dry_run_and_a_check_say_until_when() {
    let dir = folder(&[("rules/a.yaml", &rules("2027-01-31"))]);
    let run = |words: &[&str]| Program::new(words.iter().copied()).within(dir.path()).run();
    let page = run(&["docs"]).expect(0);
    assert!(
        page.contains("So it is until the end of 2027-01-31: from the next day on the rule is enforced."),
        "{page}"
    );
    assert!(page.contains("[manager-is-named](#rule-1) (only watched until 2027-01-31, then enforced)"), "{page}");
    let words = ["dry-run", "validateUser", "--set", "user.managerId:=null", "--explain", "--now"];
    let on = |day| run(&words.into_iter().chain([day]).collect::<Vec<_>>()).expect(0);
    assert!(on("2027-01-31T10:00:00Z").contains("held (audit until 2027-01-31: changes nothing)"));
    assert!(on("2027-02-01T10:00:00Z").contains("validateUser: rejected with NoManager by manager-is-named"));
}
