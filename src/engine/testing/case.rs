//! Runs a test case with the same `decide` as in service, a given clock and given answers.

use jiff::Timestamp;

use crate::engine::change::Change;
use crate::engine::decide::decide;
use crate::engine::decision::{Decision, Delivery, Verdict, refusals};
use crate::engine::facts::{Asks, Facts};
use crate::engine::given::{GivenFacts, unanswered};
use crate::engine::trace::{Outcome, RuleTrace};
use crate::event::{Calendar, Context, Document, Event, Value, View, problem};
use crate::rule::{Case, ExpectedDelivery, RuleSet};

/// Deepest nesting of a request in a test.
const DEPTH_LIMIT: usize = 64;

/// The surroundings in which cases run.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The clock of cases that give none.
    pub now: Timestamp,
    pub calendar: Calendar,
    /// How often an event may ask outside.
    pub rounds: usize,
}

/// What came of a case.
#[derive(Clone, Debug)]
pub struct CaseResult {
    pub verdict: CaseVerdict,
    /// What each rule did.
    pub trace: Vec<RuleTrace>,
    /// The rule that decided.
    pub decided_by: Option<String>,
    /// Every refusal by its code and its rule.
    pub refusals: Vec<(String, String)>,
    /// The body that would be sent, secrets hidden.
    pub reply: String,
    /// What the rules changed in the user.
    pub changes: Vec<Change>,
    /// What is sent.
    pub deliveries: Vec<Delivery>,
}

#[derive(Clone, Debug)]
pub enum CaseVerdict {
    Passed,
    Failed(Vec<Mismatch>),
    /// The case could not be run.
    Error(String),
}

/// Something that came out otherwise than expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// What was looked at: `reject`, `user.email`, `by`, …
    pub what: String,
    pub expected: String,
    pub got: String,
}

/// A case that could not be run.
fn error(why: String) -> CaseResult {
    CaseResult {
        verdict: CaseVerdict::Error(why),
        trace: Vec::new(),
        decided_by: None,
        refusals: Vec::new(),
        reply: String::new(),
        changes: Vec::new(),
        deliveries: Vec::new(),
    }
}

/// Runs a case.
#[must_use]
pub fn run(set: &RuleSet, case: &Case, tables: &dyn Facts, surroundings: &Surroundings) -> CaseResult {
    let event = match event(set, case, case.body.clone(), surroundings) {
        Ok(event) => event,
        Err(why) => return error(why),
    };
    let facts = GivenFacts::new(set, &case.given.lookups, tables).with_settings(&case.given.settings);
    let judged = facts.decided(&event, surroundings.rounds, |decision| judged(set, case, &event, decision));
    judged.unwrap_or_else(|Asks(questions)| {
        let missing = unanswered(set, &questions);
        error(format!("the test does not give what is asked; write `given: {{ lookups: {{ {missing} }} }}`"))
    })
}

/// A decision held against what the case expects.
fn judged(set: &RuleSet, case: &Case, event: &Event, mut decision: Decision<'_>) -> CaseResult {
    let trace = std::mem::take(&mut decision.trace);
    let Some(hook) = set.hooks.rows.get(event.hook) else { return error("its hook is not in the table".to_owned()) };
    let reply = decision.reply(hook, event);
    let shown = decision.shown_reply(hook, event).unwrap_or_else(|| problem("RulesFailed", &event.context.id));
    let user = decision.answered_user(hook, event);
    let mut mismatches = mismatches(case, &decision, user.as_ref(), reply.as_deref(), &shown);
    if mismatches.is_empty() && case.expect.failed.is_none() {
        mismatches.extend(failure(&trace));
    }
    match &case.expect.skipped {
        Some(names) => mismatches.extend(others_skipped(names, &trace)),
        None if mismatches.is_empty() => mismatches.extend(skipped(&trace)),
        None => {}
    }
    let verdict = if mismatches.is_empty() { CaseVerdict::Passed } else { CaseVerdict::Failed(mismatches) };
    let decided_by = decision.decided_by.map(|rule| rule.name.clone());
    let changes = decision.changes(event);
    let refusals = refusals(&decision);
    CaseResult { verdict, trace, decided_by, refusals, reply: shown, changes, deliveries: decision.deliveries }
}

fn event(set: &RuleSet, case: &Case, body: String, surroundings: &Surroundings) -> Result<Event, String> {
    let hook = set.hooks.rows.get(case.hook).ok_or("its hook is not in the table")?;
    let context = Context {
        id: "test".to_owned(),
        now: case.given.now.unwrap_or(surroundings.now),
        calendar: surroundings.calendar.clone(),
        app: case.given.app.clone(),
        token: case.given.token.clone().unwrap_or(Value::Null),
        caller: case.given.caller.clone().unwrap_or(Value::Null),
        bearer: None,
        trace: None,
    };
    Event::read(&set.hooks, case.hook, body.into_bytes(), DEPTH_LIMIT, context)
        .map_err(|why| format!("the request is not an event of `{}`: {why}", hook.name))
}

/// Runs a case's rules on their own output; the paths they change once more. Rules must be idempotent.
#[must_use]
pub fn second_run_changes(set: &RuleSet, case: &Case, tables: &dyn Facts, surroundings: &Surroundings) -> Vec<String> {
    let facts = GivenFacts::new(set, &case.given.lookups, tables).with_settings(&case.given.settings);
    let Ok(first) = event(set, case, case.body.clone(), surroundings) else { return Vec::new() };
    let Ok(decision) = decide(set, &first, &facts) else { return Vec::new() };
    let Some(user) = decision.user.as_ref().filter(|_| decision.is_changed) else { return Vec::new() };
    let mut request = Value::Source(first.request());
    if request.set(&[crate::event::Segment::Key("user".into())], user.clone()).is_err() {
        return Vec::new();
    }
    let body = format!("{{\"request\":{}}}", request.written());
    let Ok(second) = event(set, case, body, surroundings) else { return Vec::new() };
    let Ok(again) = decide(set, &second, &facts) else { return Vec::new() };
    let (Some(before), Some(after)) = (second.user(), again.user.as_ref()) else { return Vec::new() };
    let changes = crate::engine::change::changes(&Value::Source(before), after);
    changes.iter().map(|change| change.path.to_string()).collect()
}

fn mismatches(
    case: &Case,
    decision: &Decision<'_>,
    user: Option<&Value<'_>>,
    reply: Option<&str>,
    shown: &str,
) -> Vec<Mismatch> {
    let expect = &case.expect;
    let mut found = Vec::new();
    let mut differ = |what: &str, expected: String, got: String| {
        if expected != got {
            found.push(mismatch(what, expected, got));
        }
    };
    let outcome = outcome_words(decision);
    if let Some(code) = &expect.reject {
        differ("outcome", format!("rejected with {code}"), outcome.clone());
    }
    if let Some(codes) = &expect.refusals {
        let got: Vec<&str> = decision.refusals.iter().map(|refusal| &*refusal.code).collect();
        let got = if got.is_empty() { outcome.clone() } else { format!("rejected with {}", got.join(", ")) };
        differ("outcome", format!("rejected with {}", codes.join(", ")), got);
    }
    if let Some(accept) = expect.accept {
        let is_rejected = matches!(&decision.verdict, Verdict::Rejected { .. } | Verdict::Failed(_));
        if is_rejected == accept {
            let wanted = if accept { "accepted" } else { "rejected" };
            differ("outcome", wanted.to_owned(), outcome.clone());
        }
    }
    if let Some(value) = expect.deprovision {
        differ("deprovision", value.to_string(), reply_field(reply, "data"));
    }
    if let Some(name) = &expect.by {
        let got = decision.decided_by.map_or("no rule".to_owned(), |rule| rule.name.clone());
        differ("by", name.clone(), got);
    }
    if let Some(failed) = expect.failed {
        let got = matches!(decision.verdict, Verdict::Failed(_));
        differ("failed", failed.to_string(), got.to_string());
    }
    if let Some(expected) = expect.mapped_value.as_ref().map(|value| format!("{value:?}"))
        && reply_field(reply, "mappedValue") != expected
    {
        found.push(mismatch("mappedValue", expected, reply_field(Some(shown), "mappedValue")));
    }
    found.extend(values(case, user, reply, shown));
    found.extend(expect.deliveries.iter().flat_map(|wanted| deliveries(wanted, &decision.deliveries)));
    found
}

/// Deliveries that came out otherwise than expected: another number of them, or the first that differ.
fn deliveries(wanted: &[ExpectedDelivery], got: &[Delivery]) -> Vec<Mismatch> {
    let names = |names: Vec<&str>| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    let (to, sent) = (wanted.iter().map(|one| &*one.to).collect(), got.iter().map(|one| &*one.to).collect());
    let (to, sent): (Vec<&str>, Vec<&str>) = (to, sent);
    if to != sent {
        return vec![mismatch("deliveries", names(to), names(sent))];
    }
    let mut found = Vec::new();
    for (number, (wanted, got)) in wanted.iter().zip(got).enumerate() {
        let name = |part: &str| format!("deliveries[{number}].{part}");
        if let Some(key) = wanted.key.as_ref().filter(|key| **key != got.key) {
            found.push(mismatch(&name("key"), key.clone(), got.key.clone()));
        }
        let body = Document::read(got.body.clone().into_bytes(), usize::MAX);
        let is_same = |wanted: &Value<'_>| body.as_ref().is_ok_and(|body| View::Node(body.root()).same(wanted.view()));
        if let Some(body) = wanted.body.as_ref().filter(|body| !is_same(body)) {
            found.push(mismatch(&name("body"), body.to_json(), got.shown()));
        }
    }
    found
}

/// A rule that failed, in audit mode too. What is answered then is often what a rule that does not hold leaves, so
/// nothing else would tell.
fn failure(trace: &[RuleTrace]) -> Option<Mismatch> {
    let told = trace.iter().find_map(|rule| match &rule.outcome {
        Outcome::Failed(why) => Some(format!("{} failed: {why}", rule.rule)),
        _ => None,
    })?;
    Some(Mismatch { what: "outcome".to_owned(), expected: "no rule fails".to_owned(), got: told })
}

/// A rule that was skipped, which as little else would tell.
fn skipped(trace: &[RuleTrace]) -> Option<Mismatch> {
    let (rule, why) = skips(trace).next()?;
    Some(mismatch("skipped", "no rule is skipped".to_owned(), format!("{rule} skipped: {why}")))
}

/// The rules that were skipped, where they are others than those that should be.
fn others_skipped(wanted: &[String], trace: &[RuleTrace]) -> Option<Mismatch> {
    let got: Vec<&str> = skips(trace).map(|(rule, _)| rule).collect();
    let listed = |names: &[&str]| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
    (got != wanted).then(|| mismatch("skipped", listed(&wanted), listed(&got)))
}

/// The rules that were skipped, in audit mode too, and why.
fn skips(trace: &[RuleTrace]) -> impl Iterator<Item = (&str, &str)> {
    trace.iter().filter_map(|rule| match &rule.outcome {
        Outcome::Skipped(why) => Some((rule.rule.as_str(), why.as_str())),
        _ => None,
    })
}

/// Fields of the user, and the whole reply, that came out otherwise than expected.
fn values(case: &Case, user: Option<&Value<'_>>, reply: Option<&str>, shown: &str) -> Vec<Mismatch> {
    let mut found = Vec::new();
    if user.is_none() && !case.expect.user.is_empty() {
        found.push(mismatch("user", "an answer with the user".to_owned(), format!("{shown}, which has none")));
    }
    for (path, expected) in case.expect.user.iter().filter(|_| user.is_some()) {
        let got = user.as_ref().and_then(|user| user.at(&path.segments)).unwrap_or(Value::Null);
        if !got.view().same(expected.view()) {
            let expected = if got.view().is_secret() { expected.clone().into_secret() } else { expected.clone() };
            found.push(mismatch(&path.to_string(), expected.view().to_json(), got.view().to_json()));
        }
    }
    if let Some(expected) = &case.expect.reply {
        let read = |reply: &str| Document::read(reply.as_bytes().to_vec(), usize::MAX).ok();
        let got = reply.and_then(read);
        let is_same = got.as_ref().is_some_and(|got| View::Node(got.root()).same(expected.view()));
        if !is_same {
            let got = if reply.is_some() { shown } else { "null" };
            found.push(mismatch("reply", expected.to_json(), got.to_owned()));
        }
    }
    found
}

fn mismatch(what: &str, expected: String, got: String) -> Mismatch {
    Mismatch { what: what.to_owned(), expected, got }
}

fn reply_field(reply: Option<&str>, field: &str) -> String {
    let reply: serde_json::Value = reply.and_then(|reply| serde_json::from_str(reply).ok()).unwrap_or_default();
    reply.pointer(&format!("/response/{field}")).map_or("nothing".to_owned(), ToString::to_string)
}

fn outcome_words(decision: &Decision<'_>) -> String {
    match &decision.verdict {
        Verdict::Rejected { code, .. } => format!("rejected with {code}"),
        Verdict::Failed(failure) => format!("failed: {}", failure.message),
        Verdict::Mapped(_) => "mapped".to_owned(),
        Verdict::Deprovision(value) => format!("deprovision {value}"),
        Verdict::Undecided => "accepted".to_owned(),
    }
}

/// The names of rules that held in a trace.
pub fn held(trace: &[RuleTrace]) -> impl Iterator<Item = &str> {
    trace.iter().filter(|rule| matches!(rule.outcome, Outcome::Held)).map(|rule| rule.rule.as_str())
}
