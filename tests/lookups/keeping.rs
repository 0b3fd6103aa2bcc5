//! What is kept of answers: for how long, for whom, and what stands in when a source fails. Time is paused.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use hookgate::engine::{Asked, explain};
use hookgate::gateway::{Allowance, Gateway, settle};
use hookgate::lookup::{Connections, Fault, Source};
use tokio::time::{Instant, advance};

use crate::support::source::{Does, Played, answer, answer_for, asking, event, live, outcome};

/// One rule that refuses whom the lookup finds; `more` is what the lookup says beside its call.
fn rules(more: &str) -> String {
    format!(
        "hook: validateUser\ncodes: {{ Found: found }}\nlookups:\n  known: {{ http: api, get: \"/${{key}}\", {more} }}\n\
         rules:\n  - {{ name: found, when: {{ user.login: {{ found_in: known }} }}, reject: Found }}\n"
    )
}

async fn ask(gateway: &Arc<Gateway>, login: &str) -> String {
    outcome(&answer(gateway, &format!(r#"{{"login":"{login}"}}"#)).await)
}

/// `here` is there, everybody else is not.
fn register() -> Arc<Played> {
    Arc::new(Played::new(|key| Does::Answers(10, (key == "here").then_some("v"))))
}

#[tokio::test(start_paused = true)]
async fn answers_are_kept_as_long_as_the_lookup_says_and_misses_for_their_own_time() {
    let source = register();
    let gateway = asking(&rules("cache: { hits: 60s, misses: 2s }, on_error: fail"), &source);
    for _ in 0..3 {
        assert_eq!(ask(&gateway, "here").await, "Found");
        assert_eq!(ask(&gateway, "gone").await, "accepted");
    }
    assert_eq!(source.count(), 2);
    advance(Duration::from_secs(3)).await;
    ask(&gateway, "here").await;
    ask(&gateway, "gone").await;
    let asked = || source.asked.lock().unwrap().clone();
    assert_eq!(asked(), ["here", "gone", "gone"], "the miss alone is asked again");
    advance(Duration::from_secs(58)).await;
    ask(&gateway, "here").await;
    assert_eq!(asked(), ["here", "gone", "gone", "here"]);
}

/// The other way round: who is not there stays so for longer than who is.
#[tokio::test(start_paused = true)]
async fn a_miss_may_be_kept_longer_than_a_hit() {
    let source = register();
    let gateway = asking(&rules("cache: { hits: 2s, misses: 60s }, on_error: fail"), &source);
    for _ in 0..2 {
        ask(&gateway, "here").await;
        ask(&gateway, "gone").await;
        advance(Duration::from_secs(3)).await;
    }
    assert_eq!(*source.asked.lock().unwrap(), ["here", "gone", "here"]);
}

#[tokio::test(start_paused = true)]
async fn without_a_cache_every_event_asks_but_equal_questions_on_their_way_are_one() {
    let source = register();
    let gateway = asking(&rules("on_error: fail"), &source);
    let outcomes = join_all((0..50).map(|_| ask(&gateway, "here"))).await;
    assert!(outcomes.iter().all(|outcome| outcome == "Found"));
    assert_eq!(source.count(), 1, "fifty at once are one question");
    ask(&gateway, "here").await;
    assert_eq!(source.count(), 2, "and the next one is a new one");
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_shared_by_those_who_wait_for_it_and_never_kept() {
    let is_down = Arc::new(AtomicBool::new(true));
    let down = Arc::clone(&is_down);
    let source = Arc::new(Played::new(move |_| match down.load(Ordering::SeqCst) {
        true => Does::Fails(Fault::Source),
        false => Does::Answers(1, Some("v")),
    }));
    let gateway = asking(&rules("cache: 60s, on_error: fail"), &source);
    assert_eq!(ask(&gateway, "here").await, "ValidationUnavailable");
    is_down.store(false, Ordering::SeqCst);
    assert_eq!(ask(&gateway, "here").await, "Found");
}

#[tokio::test(start_paused = true)]
async fn the_last_good_answer_stands_in_for_as_long_as_it_may() {
    let is_down = Arc::new(AtomicBool::new(false));
    let down = Arc::clone(&is_down);
    let source = Arc::new(Played::new(move |key| match down.load(Ordering::SeqCst) {
        true => Does::Fails(Fault::Source),
        false => Does::Answers(1, (key == "here").then_some("v")),
    }));
    let gateway = asking(&rules("cache: 1s, on_error: { stale: 10m }"), &source);
    assert_eq!(ask(&gateway, "here").await, "Found");
    is_down.store(true, Ordering::SeqCst);
    advance(Duration::from_secs(500)).await;
    assert_eq!(ask(&gateway, "here").await, "Found", "500 s old");
    assert_eq!(ask(&gateway, "other").await, "ValidationUnavailable", "never known");
    advance(Duration::from_secs(101)).await;
    assert_eq!(ask(&gateway, "here").await, "ValidationUnavailable", "601 s old");
}

#[tokio::test(start_paused = true)]
async fn no_more_questions_are_on_their_way_than_the_lookup_allows() {
    let source = Arc::new(Played::echo(100));
    let gateway = asking(&rules("at_once: 3, timeout: 900ms, on_error: fail"), &source);
    let logins: Vec<String> = (0..12).map(|n| format!("u{n}")).collect();
    let began = Instant::now();
    let outcomes = join_all(logins.iter().map(|login| ask(&gateway, login))).await;
    assert!(outcomes.iter().all(|outcome| outcome == "Found"), "{outcomes:?}");
    assert_eq!(source.most.load(Ordering::SeqCst), 3);
    assert!((400..450).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_source_that_fails_again_and_again_is_left_alone_and_tried_again() {
    let is_down = Arc::new(AtomicBool::new(true));
    let down = Arc::clone(&is_down);
    let source = Arc::new(Played::new(move |_| match down.load(Ordering::SeqCst) {
        true => Does::Hangs,
        false => Does::Answers(1, Some("v")),
    }));
    let gateway = asking(&rules("timeout: 100ms, on_error: fail"), &source);
    for n in 0..20 {
        ask(&gateway, &format!("u{n}")).await;
    }
    assert_eq!(source.count(), 5, "left alone after five failures");
    let began = Instant::now();
    ask(&gateway, "u").await;
    assert_eq!(began.elapsed(), Duration::ZERO, "answered at once while it is left alone");
    is_down.store(false, Ordering::SeqCst);
    advance(Duration::from_secs(5)).await;
    for n in 0..4 {
        assert_eq!(ask(&gateway, &format!("v{n}")).await, "Found");
    }
    assert_eq!(source.count(), 9);
}

#[tokio::test(start_paused = true)]
async fn a_question_that_cannot_be_asked_is_no_fault_of_the_source() {
    let source = Arc::new(Played::new(|_| Does::Fails(Fault::Question)));
    let gateway = asking(&rules("on_error: fail"), &source);
    for n in 0..20 {
        ask(&gateway, &format!("u{n}")).await;
    }
    assert_eq!(source.count(), 20);
}

#[tokio::test(start_paused = true)]
async fn no_caller_is_given_what_another_was_told() {
    let mut played = Played::echo(10);
    played.depends_on_caller = true;
    let source = Arc::new(played);
    let gateway = asking(&rules("cache: 60s, on_error: fail"), &source);
    let user = r#"{"login":"here"}"#;
    for bearer in ["first", "second", "first"] {
        answer_for(&gateway, user, Some(bearer)).await;
    }
    assert_eq!(*source.asked.lock().unwrap(), ["here for first", "here for second"]);
}

#[tokio::test(start_paused = true)]
async fn a_bearer_goes_to_no_source_that_does_not_ask_for_it() {
    let source = Arc::new(Played::echo(10));
    let gateway = asking(&rules("cache: 60s, on_error: fail"), &source);
    answer_for(&gateway, r#"{"login":"here"}"#, Some("first")).await;
    assert_eq!(*source.asked.lock().unwrap(), ["here"]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_stands_in_is_marked_in_the_trace() {
    let source: Arc<dyn Source> = Arc::new(Played::new(|_| Does::Fails(Fault::Source)));
    let connections = Connections::of([("api".to_owned(), source)], tokio::runtime::Handle::current());
    let live = live(&rules("on_error: absent")).connect(&connections);
    let hook = live.rules.hooks.position("validateUser").unwrap();
    let event = event(hook, r#"{"login":"here"}"#, None);
    let asks = explain(&live.rules, &event, &live.tables).unwrap_err();
    let allowance = Allowance { budget: Duration::from_secs(2), rounds: 8 };
    let facts = (&live.rules, &live.tables, &live.remotes);
    let trace =
        settle(facts, &event, explain, (asks, &Span::default()), allowance, |decision, _, _| decision.trace).await;
    let lines: Vec<String> = trace[0].asked.iter().flat_map(Asked::lines).collect();
    let told = "lookup `known` could not be asked for \"here\", `on_error` stands in with no row: the source said no";
    assert_eq!(lines, [told]);
    assert_eq!(trace[0].to_json()["lookups"][0]["stand_in"], "the source said no");
}
use hookgate::telemetry::traces::Span;
