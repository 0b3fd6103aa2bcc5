//! Makes a test of a recorded decision, and runs it before it is shown.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use super::answers::Answers;
use super::literals::Literals;
use super::made_up::{MadeUp, Stays};
use super::written::write;
use crate::diagnostic::File;
use crate::engine::testing::case::{CaseVerdict, Surroundings, run};
use crate::engine::{Decision, Outcome, Verdict, explain, refusals};
use crate::event::secret::HIDDEN;
use crate::event::{Calendar, Context, Event, Hook, Kind, Path as Field, Segment, Value};
use crate::gateway::Live;
use crate::journal::Record;
use crate::rule::{Role, Sources, Tenant};

/// The file's name that the test is tried under, and offered as.
const NAME: &str = "made-from-a-decision.test.yaml";
/// Deepest nesting of a request.
const DEPTH_LIMIT: usize = 64;
/// Fields of a caller as rules read it, which name a network and a method and nobody.
const CALLER: [&str; 2] = ["address", "accepted_by"];

/// A test.
#[derive(Debug)]
pub struct Made {
    /// A whole file for the rules folder.
    pub yaml: String,
    /// Why it does not pass; none where it does.
    pub fails: Option<String>,
}

/// A test of a record that passes with these rules, if one can be made. `seed` makes the made-up values.
///
/// # Errors
/// Why none can be made at all, in words.
pub fn made(
    record: &Record,
    sources: &Sources,
    tenant: &Tenant,
    surroundings: &Surroundings,
    seed: u64,
) -> Result<Made, String> {
    let built = Live::build(sources, tenant);
    let (live, _) =
        built.map_err(|_| "the rules in the folder do not compile now: `hookgate check` says why".to_owned())?;
    let literals = Literals::of(sources, &live.rules);
    let mut last = Err(String::new());
    for stays in [Stays::Little, Stays::More] {
        let calendar = &surroundings.calendar;
        let made_up = MadeUp { literals: &literals, stays, calendar, seed };
        last = tried(record, &live, &made_up, calendar).and_then(|yaml| {
            let fails = failure(&yaml, sources, tenant, surroundings)?;
            Ok(Made { yaml, fails })
        });
        if last.as_ref().is_ok_and(|made| made.fails.is_none()) {
            return last;
        }
    }
    last
}

/// The test with one kind of made-up values.
fn tried(record: &Record, live: &Live, made_up: &MadeUp<'_>, calendar: &Calendar) -> Result<String, String> {
    let place = live.rules.hooks.position(&record.hook);
    let place = place.ok_or_else(|| format!("there is no hook `{}` any more", record.hook))?;
    let hook = live.rules.hooks.rows.get(place).ok_or("its hook is not in the table")?;
    let body: Json = serde_json::from_str(record.body.get()).map_err(|_| "the recorded body cannot be read")?;
    let request = made_up.json(body.get("request").unwrap_or(&body));
    let answers = Answers::of(record, &live.rules, made_up)?;
    let mut given = given(record, made_up);
    let value = |name: &str| given.get(name).cloned().map_or(Value::Null, Value::from);
    let context = Context {
        id: "test".to_owned(),
        now: record.time.parse().map_err(|_| "its time cannot be read")?,
        calendar: calendar.clone(),
        app: record.app.clone(),
        token: value("token"),
        caller: value("caller"),
        bearer: None,
        trace: None,
    };
    let bytes = json!({ "request": request }).to_string().into_bytes();
    let event = Event::read(&live.rules.hooks, place, bytes, DEPTH_LIMIT, context);
    let event = event.map_err(|why| format!("the made-up request is no event: {why}"))?;
    let decision = explain(&live.rules, &event, &answers)
        .map_err(|_| "the rules of today ask a lookup something that was not asked then".to_owned())?;
    same(record, &decision)?;
    let expect = expected(&decision, hook, &event);
    let lookups = answers.given();
    if !lookups.is_empty() {
        given.insert("lookups".to_owned(), Json::Object(lookups));
    }
    let case = json!({
        "name": name(record),
        "hook": record.hook,
        "given": given,
        "request": request,
        "expect": expect,
    });
    let mut yaml =
        "# Made from a decision: names, numbers and other texts that rules do not compare with are made up.".to_owned();
    write(&json!({ "tests": [case] }), 0, &mut yaml);
    yaml.push('\n');
    Ok(yaml)
}

fn name(record: &Record) -> String {
    let decision = &record.decision;
    let code = decision.code.as_ref().map(|code| format!(" with {code}")).unwrap_or_default();
    let by = decision.rule.as_ref().map_or_else(|| " by no rule".to_owned(), |rule| format!(" by {rule}"));
    format!("{} is {}{code}{by}", record.hook, decision.word)
}

/// What is given beside the request and the answers.
fn given(record: &Record, made_up: &MadeUp<'_>) -> Map<String, Json> {
    let mut given = Map::new();
    let parsed = |text: &str| serde_json::from_str::<Json>(text).unwrap_or_default();
    given.insert("now".to_owned(), Json::from(record.time.as_str()));
    given.extend(record.app.iter().map(|app| ("app".to_owned(), Json::from(app.as_str()))));
    given.extend(record.token.iter().map(|token| ("token".to_owned(), made_up.json(&parsed(token.get())))));
    if let Some(Json::Object(caller)) = record.caller.as_ref().map(|caller| parsed(caller.get())) {
        let named = |(key, value): (String, Json)| {
            let value = if CALLER.contains(&key.as_str()) { value } else { made_up.json(&value) };
            (key, value)
        };
        given.insert("caller".to_owned(), Json::Object(caller.into_iter().map(named).collect()));
    }
    if !record.settings.is_empty() {
        let settings = record.settings.iter().map(|(name, value)| (name.clone(), parsed(value.get())));
        given.insert("settings".to_owned(), Json::Object(settings.collect()));
    }
    given
}

/// Whether the rules decide the made-up event as they decided the real one.
fn same(record: &Record, decision: &Decision<'_>) -> Result<(), String> {
    let rule = decision.decided_by.map(|rule| rule.name.clone());
    let code = match &decision.verdict {
        Verdict::Rejected { code, .. } => Some(code.clone()),
        _ => None,
    };
    if (decision.word(), &code, &rule) == (&*record.decision.word, &record.decision.code, &record.decision.rule) {
        return Ok(());
    }
    let told = |word: &str, code: &Option<String>, rule: &Option<String>| {
        format!(
            "{word}{} by {}",
            code.as_ref().map(|code| format!(" with {code}")).unwrap_or_default(),
            rule.as_deref().unwrap_or("no rule")
        )
    };
    Err(format!(
        "with made-up values the rules of today decide otherwise: {}, and then it was {}. Either the rules are others, or they \
         look at something in a value that made-up ones lack, such as a check digit, or at a secret, which is not recorded",
        told(decision.word(), &code, &rule),
        told(&record.decision.word, &record.decision.code, &record.decision.rule)
    ))
}

/// What the test expects: all that was decided, as it comes out with the made-up values.
fn expected(decision: &Decision<'_>, hook: &Hook, event: &Event) -> Json {
    let mut expect = Map::new();
    match &decision.verdict {
        Verdict::Rejected { code, .. } => {
            let all: Vec<Json> = refusals(decision).into_iter().map(|(code, _)| Json::from(code)).collect();
            let collected = decision.collects_refusals && all.len() > 1;
            expect.insert("reject".to_owned(), if collected { Json::from(all) } else { Json::from(code.as_str()) });
        }
        Verdict::Failed(_) => drop(expect.insert("failed".to_owned(), Json::from(true))),
        Verdict::Deprovision(value) => drop(expect.insert("deprovision".to_owned(), Json::from(*value))),
        Verdict::Mapped(value) if !value.view().holds_secret() => {
            drop(expect.insert("mappedValue".to_owned(), Json::from(value.view().as_text().into_owned())));
        }
        Verdict::Undecided if hook.refusable => drop(expect.insert("accept".to_owned(), Json::from(true))),
        Verdict::Mapped(_) | Verdict::Undecided => {}
    }
    expect.extend(decision.decided_by.map(|rule| ("by".to_owned(), Json::from(rule.name.as_str()))));
    let skipped = decision.trace.iter().filter(|rule| matches!(rule.outcome, Outcome::Skipped(_)));
    let skipped: Vec<Json> = skipped.map(|rule| Json::from(rule.rule.as_str())).collect();
    if !skipped.is_empty() {
        expect.insert("skipped".to_owned(), Json::from(skipped));
    }
    if hook.kind.changes_user() && decision.answered_user(hook, event).is_some() {
        let mut user = Map::new();
        for change in decision.changes(event) {
            let after = change.after.as_deref().unwrap_or("null");
            if !after.contains(HIDDEN) {
                put(&mut user, &change.path, serde_json::from_str(after).unwrap_or_default());
            }
        }
        if !user.is_empty() {
            expect.insert("user".to_owned(), Json::Object(user));
        }
    }
    if !decision.deliveries.is_empty() || hook.kind == Kind::Notify || expect.is_empty() {
        let delivery = |delivery: &crate::engine::Delivery| match delivery.is_secret {
            true => json!({ "to": delivery.to }),
            false => {
                json!({ "to": delivery.to, "key": delivery.key, "body": serde_json::from_str::<Json>(&delivery.body).unwrap_or_default() })
            }
        };
        expect.insert("deliveries".to_owned(), decision.deliveries.iter().map(delivery).collect());
    }
    Json::Object(expect)
}

/// Puts a value where a path leads; one that leads into a list is left out, for no test can say it.
fn put(user: &mut Map<String, Json>, path: &Field, value: Json) {
    let mut keys = Vec::new();
    for segment in &path.segments {
        let Segment::Key(key) = segment else { return };
        keys.push(key.to_string());
    }
    let Some(last) = keys.pop() else { return };
    let mut at = user;
    for key in keys {
        match at.entry(key).or_insert_with(|| Json::Object(Map::new())) {
            Json::Object(inner) => at = inner,
            _ => return,
        }
    }
    at.insert(last, value);
}

/// Why the test does not pass beside the rules; none where it does.
fn failure(
    yaml: &str,
    sources: &Sources,
    tenant: &Tenant,
    surroundings: &Surroundings,
) -> Result<Option<String>, String> {
    let shown = sources.folder.join(NAME).display().to_string();
    let file = Arc::new(File::new(shown.clone(), yaml.to_owned()));
    let files = sources.files.iter().cloned().chain([(Role::Tests, file)]).collect();
    let whole = Sources::from_files(Path::new(&sources.folder), files);
    let (live, _) = match Live::build(&whole, tenant) {
        Ok(built) => built,
        Err(report) => return Ok(Some(report.to_text(false).lines().take(3).collect::<Vec<_>>().join(" "))),
    };
    let case = live.rules.cases.iter().find(|case| case.file.name == shown);
    let case = case.ok_or("the test cannot be read again")?;
    Ok(match run(&live.rules, case, &live.tables, surroundings).verdict {
        CaseVerdict::Passed => None,
        CaseVerdict::Failed(mismatches) => {
            let told = mismatches.iter().map(|one| format!("{}: expected {}, got {}", one.what, one.expected, one.got));
            Some(told.collect::<Vec<_>>().join("; "))
        }
        CaseVerdict::Error(why) => Some(why),
    })
}
