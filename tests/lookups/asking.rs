//! How an event asks: everything it can know to ask at once, then again with the answers, within its time.
//! Time is paused: what is measured is what was waited for.

use std::sync::Arc;
use std::time::Duration;

use hookgate::lookup::Fault;
use tokio::time::Instant;

use crate::support::source::{Does, Played, answer, asking, event, outcome};

const LOOKUPS: &str = "
hook: validateUser
lookups:
  a: { http: api, get: \"/a/${key}\", on_error: fail }
  b: { http: api, get: \"/b/${key}\", on_error: fail }
  c: { http: api, get: \"/c/${key}\", on_error: fail }
codes: { One: one, Two: two, Three: three }
rules:
";

/// Runs one event and says how long it took and what came out.
async fn run(rules: &str, source: Played, user: &str) -> (Duration, String, Vec<String>) {
    let source = Arc::new(source);
    let gateway = asking(&format!("{LOOKUPS}{rules}"), &source);
    let began = Instant::now();
    let reply = answer(&gateway, user).await;
    let asked = source.asked.lock().unwrap().clone();
    (began.elapsed(), outcome(&reply), asked)
}

const USER: &str = r#"{"login":"l","mobile":"m","email":"e","country":"India"}"#;

/// Each a set of rules that asks three lookups which do not depend on each other.
const INDEPENDENT: [&str; 6] = [
    // in three rules
    "  - { name: one, let: { x: { lookup: a, key: \"${user.login}\" } }, when: { x.value: nobody }, reject: One }
  - { name: two, let: { y: { lookup: b, key: \"${user.mobile}\" } }, when: { y.value: nobody }, reject: Two }
  - { name: three, let: { z: { lookup: c, key: \"${user.email}\" } }, when: { z.value: nobody }, reject: Three }\n",
    // in one condition
    "  - name: one
    let: { x: { lookup: a, key: \"${user.login}\" }, y: { lookup: b, key: \"${user.mobile}\" }, z: { lookup: c, key: \"${user.email}\" } }
    when: { x.value: l, y.value: m, z.value: nobody }
    reject: One\n",
    // in the branches of `any`
    "  - name: one
    when: { any: [{ user.country: Nepal }, { user.login: { found_in: a } }, { user.mobile: { found_in: b } }, { user.email: { found_in: c } }], user.login: nobody }
    reject: One
  - { name: two, when: { not: { user.mobile: { found_in: b } } }, reject: Two }
  - { name: three, when: { not: { user.email: { found_in: c } }, user.login: { found_in: a } }, reject: Three }\n",
    // in one value
    "  - name: one
    let: { x: { lookup: a, key: \"${user.login}\" }, y: { lookup: b, key: \"${user.mobile}\" }, z: { lookup: c, key: \"${user.email}\" } }
    set: { user.note: \"${x.value}${y.value}${z.value}\" }\n",
    // in several verbs
    "  - name: one
    let: { x: { lookup: a, key: \"${user.login}\" }, y: { lookup: b, key: \"${user.mobile}\" }, z: { lookup: c, key: \"${user.email}\" } }
    set: { user.p: \"${x.value}\", user.q: \"${y.value}\" }
    default: { user.r: \"${z.value}\" }\n",
    // in scripts of several rules
    "  - { name: one, when: { script: 'lookup(\"a\", user.login).value == \"nobody\"' }, reject: One }
  - { name: two, when: { script: 'lookup(\"b\", user.mobile).value == \"nobody\"' }, reject: Two }
  - { name: three, when: { script: 'lookup(\"c\", user.email).value == \"nobody\"' }, reject: Three }\n",
];

#[tokio::test(start_paused = true)]
async fn three_independent_lookups_take_as_long_as_one() {
    for rules in INDEPENDENT {
        let (took, outcome, mut asked) = run(rules, Played::echo(200), USER).await;
        asked.sort();
        assert_eq!(asked, ["e", "l", "m"], "{rules}");
        assert!((200..230).contains(&took.as_millis()), "{took:?} for\n{rules}");
        assert_eq!(outcome, "accepted", "{rules}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lookup_that_needs_the_answer_of_another_takes_a_second_round() {
    let rules = "  - name: one
    let: { x: { lookup: a, key: \"${user.login}\" }, y: { lookup: b, key: \"${x.value}-boss\" } }
    when: { y.value: l-boss }
    reject: One\n";
    let (took, outcome, asked) = run(rules, Played::echo(200), USER).await;
    assert_eq!(asked, ["l", "l-boss"]);
    assert!((400..430).contains(&took.as_millis()), "{took:?}");
    assert_eq!(outcome, "One");
}

#[tokio::test(start_paused = true)]
async fn a_script_asks_one_thing_after_the_other_and_no_catch_keeps_it_from_asking() {
    let rules = "  - name: one
    when: { script: 'try { lookup(\"b\", lookup(\"a\", user.login).value).value == \"l\" } catch { false }' }
    reject: One\n";
    let (took, outcome, asked) = run(rules, Played::echo(200), USER).await;
    assert_eq!((asked.len(), outcome.as_str()), (2, "One"));
    assert!((400..430).contains(&took.as_millis()), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_found_while_waiting_decides_nothing_before_its_turn() {
    // The second rule would refuse at once; the first comes before it and refuses with its answer.
    let rules =
        "  - { name: one, let: { x: { lookup: a, key: \"${user.login}\" } }, when: { x.value: l }, reject: One }
  - { name: two, when: { user.country: India }, reject: Two }\n";
    assert_eq!(run(rules, Played::echo(200), USER).await.1, "One");
    // A change that waits is seen by later rules once it is there.
    let rules = "  - { name: one, let: { x: { lookup: a, key: Nepal } }, set: { user.country: \"${x.value}\" } }
  - { name: two, when: { user.country: India }, reject: Two }
  - { name: three, when: { user.country: Nepal }, reject: Three }\n";
    assert_eq!(run(rules, Played::echo(200), USER).await.1, "Three");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_asked_that_a_condition_before_it_rules_out() {
    let rules = "  - name: one
    let: { x: { lookup: a, key: \"${user.login}\" } }
    when: { user.country: Nepal, x.value: l }
    reject: One
  - { name: two, when: { user.country: India }, reject: Two }
  - { name: three, let: { y: { lookup: b, key: k } }, when: { y.value: k }, reject: Three }\n";
    let (took, outcome, asked) = run(rules, Played::echo(200), USER).await;
    assert_eq!((took, outcome.as_str(), asked.len()), (Duration::ZERO, "Two", 0));
    // Nor for a table of which no row holds, whatever else its rows look at.
    let rules = "  - name: one
    let: { x: { lookup: a, key: \"${user.login}\" } }
    table: { inputs: [user.country, x.value], outputs: [reject], rows: [[\"${user.mobile}\", l, One]] }\n";
    let (took, outcome, asked) = run(rules, Played::echo(200), USER).await;
    assert_eq!((took, outcome.as_str(), asked.len()), (Duration::ZERO, "accepted", 0));
}

#[tokio::test(start_paused = true)]
async fn a_blank_or_absent_key_finds_nothing_without_asking() {
    let rules = "  - { name: one, let: { x: { lookup: a, key: \"${user.note}\" } }, when: { x.value: { present: true } }, reject: One }
  - { name: two, when: { user.blank: { found_in: b } }, reject: Two }\n";
    let (took, outcome, asked) = run(rules, Played::echo(200), r#"{"login":"l","blank":"  "}"#).await;
    assert_eq!((took, outcome.as_str(), asked.len()), (Duration::ZERO, "accepted", 0));
}

#[tokio::test(start_paused = true)]
async fn a_chain_that_is_too_long_fails_its_rule() {
    let steps: String = (1..10).map(|n| format!(", x{n}: {{ lookup: a, key: \"${{x{}.value}}+\" }}", n - 1)).collect();
    let rules = format!(
        "  - {{ name: one, let: {{ x0: {{ lookup: a, key: k }}{steps} }}, when: {{ x9.value: {{ present: true }} }}, reject: One }}\n"
    );
    let (_, outcome, asked) = run(&rules, Played::echo(1), USER).await;
    assert_eq!((asked.len(), outcome.as_str()), (8, "ValidationUnavailable"));
}

#[tokio::test(start_paused = true)]
async fn a_source_that_hangs_costs_no_more_than_the_budget() {
    for (on_error, wanted) in [
        ("fail", "ValidationUnavailable"),
        ("absent", "accepted"),
        ("{ use: { value: l } }", "One"),
        ("{ stale: 10m }", "ValidationUnavailable"),
    ] {
        let rules = format!(
            "hook: validateUser\ncodes: {{ One: one }}\nlookups:\n  slow: {{ http: api, get: \"/${{key}}\", timeout: 30s, on_error: {on_error} }}\n\
             rules:\n  - {{ name: one, let: {{ x: {{ lookup: slow, key: \"${{user.login}}\" }} }}, when: {{ x.value: l }}, reject: One }}\n"
        );
        let source = Arc::new(Played::new(|_| Does::Hangs));
        let gateway = asking(&rules, &source);
        let began = Instant::now();
        let reply = answer(&gateway, USER).await;
        let took = began.elapsed();
        assert!((2_000..2_050).contains(&took.as_millis()), "{took:?} with {on_error}");
        assert_eq!(outcome(&reply), wanted, "{on_error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lookup_has_a_timeout_of_its_own_below_the_budget() {
    let rules = "  - { name: one, let: { x: { lookup: a, key: l } }, when: { x.value: l }, reject: One }\n";
    let (took, outcome, _) = run(rules, Played::new(|_| Does::Hangs), USER).await;
    assert!((1_000..1_050).contains(&took.as_millis()), "{took:?}");
    assert_eq!(outcome, "ValidationUnavailable");
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_events_that_wait_in_vain_leave_nothing_behind() {
    let rules = "hook: validateUser\ncodes: { One: one }\nlookups:\n  slow: { http: api, get: \"/${key}\", timeout: 5s, on_error: absent }\n\
                 rules:\n  - { name: one, let: { x: { lookup: slow, key: \"${user.login}\" } }, when: { x.value: l }, reject: One }\n";
    let source = Arc::new(Played::new(|_| Does::Hangs));
    let gateway = asking(rules, &source);
    let metrics = tokio::runtime::Handle::current().metrics();
    let before = metrics.num_alive_tasks();
    for batch in 0..100 {
        let events = (0..100).map(|n| {
            let gateway = Arc::clone(&gateway);
            async move { answer(&gateway, &format!(r#"{{"login":"u{batch}-{n}"}}"#)).await }
        });
        for reply in futures_util::future::join_all(events).await {
            assert_eq!(outcome(&reply), "accepted");
        }
    }
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(metrics.num_alive_tasks(), before, "tasks are left");
    assert!(source.most.load(std::sync::atomic::Ordering::SeqCst) <= 16, "more at once than `at_once`");
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_goes_away_leaves_nothing_behind() {
    let rules = format!("{LOOKUPS}  - {{ name: one, when: {{ user.login: {{ found_in: a }} }}, reject: One }}\n");
    let source = Arc::new(Played::new(|_| Does::Hangs));
    let gateway = asking(&rules, &source);
    let metrics = tokio::runtime::Handle::current().metrics();
    let before = metrics.num_alive_tasks();
    let hook = gateway.hooks().position("validateUser").unwrap();
    for n in 0..100 {
        let answered = gateway.handle(event(hook, &format!(r#"{{"login":"u{n}"}}"#), None));
        let hookgate::gateway::Answered::Later(reply) = answered else { panic!("answered at once") };
        drop(tokio::time::timeout(Duration::from_millis(1), reply).await);
    }
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(metrics.num_alive_tasks(), before);
}

#[tokio::test(start_paused = true)]
async fn failures_of_access_and_answers_have_the_on_error_too() {
    for fault in [Fault::Access, Fault::Answer, Fault::Question, Fault::Source] {
        let rules = "  - { name: one, when: { user.login: { found_in: a } }, reject: One }\n";
        let (_, outcome, _) = run(rules, Played::new(move |_| Does::Fails(fault)), USER).await;
        assert_eq!(outcome, "ValidationUnavailable", "{fault:?}");
    }
}

/// Two spellings of one key are one question, and its answer is found.
#[tokio::test(start_paused = true)]
async fn a_key_is_asked_once_however_its_json_is_written() {
    let rules = "  - name: one
    let: { x: { lookup: a, key: \"${user.login}\" }, y: { lookup: a, key: \"${user.alias}\" } }
    when: { x.value: \"é/'\", y.value: \"é/'\" }
    reject: One\n";
    for (login, alias) in [(r"é/'", r"\u00e9\/\u0027"), (r"\u00E9/'", r"\u00e9\/'")] {
        let user = format!(r#"{{"login":"{login}","alias":"{alias}"}}"#);
        let (_, outcome, asked) = run(rules, Played::echo(1), &user).await;
        assert_eq!(asked, ["é/'"], "{user}");
        assert_eq!(outcome, "One", "{user}");
    }
    let of_several = "  - name: two
    let: { x: { lookup: pair, key: { first: \"${user.login}\", last: \"${user.alias}\" } } }
    when: { x.value: \"first=O'Brien, last=é\" }
    reject: Two
  - { name: three, when: { script: 'lookup(\"a\", user.alias).value == \"é\"' }, reject: Three }\n";
    let lookups = LOOKUPS
        .replace("codes:", "  pair: { http: api, get: \"/p/${key.first}/${key.last}\", on_error: fail }\ncodes:");
    for (login, expected) in [(r"O\u0027Brien", "Two"), ("O'Brien", "Two"), ("Brien", "Three")] {
        let source = Arc::new(Played::echo(1));
        let gateway = asking(&format!("{lookups}{of_several}"), &source);
        let reply = answer(&gateway, &format!(r#"{{"login":"{login}","alias":"\u00e9"}}"#)).await;
        assert_eq!(outcome(&reply), expected, "{login}");
        assert!(source.count() <= 2, "{:?}", source.asked);
    }
}
