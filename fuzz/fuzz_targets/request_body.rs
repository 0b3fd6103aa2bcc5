//! A request out of any bytes (its path up to the first line's end, then its body): it is answered by valid JSON or refused,
//! and what is JSON is what `serde_json` takes for JSON, less duplicate keys and deep nesting.

use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use hookgate::diagnostic::File;
use hookgate::engine::{Outcome, Verdict, decide, explain};
use hookgate::event::{Context, Document, Event, Hooks, Kind, Routes, Value};
use hookgate::gateway::Live;
use hookgate::rule::{Mode, Role, Sources, Tenant};
use jiff::Timestamp;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

const DEPTH_LIMIT: usize = 64;

/// Rules that use every verb and every operator.
static LIVE: LazyLock<Live> = LazyLock::new(|| {
    let file = |name: &str, text: &str| {
        let role = Role::of(name).expect("a rule file or a table");
        (role, Arc::new(File::new(format!("rules/{name}"), text)))
    };
    let files = vec![
        file("every.yaml", include_str!("../every_verb/every.yaml")),
        file("people.csv", include_str!("../every_verb/people.csv")),
    ];
    let sources = Sources::from_files(Path::new("rules"), files);
    match Live::build(&sources, &Tenant::standard()) {
        Ok((live, _)) => live,
        Err(report) => panic!("{}", report.to_text(false)),
    }
});

static ROUTES: LazyLock<Routes> =
    LazyLock::new(|| Routes::new(&Hooks::standard(), &["/webhook".to_owned(), String::new()]));

/// Answers a request on a hook of each kind; the names of the rules that held.
pub fn run(bytes: &[u8]) -> BTreeSet<&'static str> {
    let mut held = BTreeSet::new();
    let mut parts = bytes.splitn(2, |byte| *byte == b'\n');
    let path = String::from_utf8_lossy(parts.next().unwrap_or_default());
    let body = parts.next().unwrap_or_default();
    compare_readers(body);
    let route = ROUTES.find(&path);
    for kind in Kind::ALL.map(|(_, kind)| kind) {
        let is_of_kind = |place: &usize| LIVE.rules.hooks.rows.get(*place).is_some_and(|hook| hook.kind == kind);
        let routed = route.as_ref().map(|route| route.hook).filter(is_of_kind);
        let place = routed.or_else(|| (0..LIVE.rules.hooks.rows.len()).find(is_of_kind));
        let app = route.as_ref().and_then(|route| route.app.clone());
        answer(place.expect("each kind has a hook"), app, body, &mut held);
    }
    held
}

/// The names of the rules that can hold.
#[allow(dead_code, reason = "only the tests ask")]
pub fn rules() -> impl Iterator<Item = &'static str> {
    LIVE.rules.rules.iter().filter(|rule| rule.mode != Mode::Off).map(|rule| rule.name.as_str())
}

/// JSON as `serde_json` reads it, with nothing kept but whether a key stands twice and how deep it nests.
#[derive(Default)]
struct Seen {
    is_twice: bool,
    depth: usize,
}

impl Seen {
    fn inside(&mut self, inner: &Seen) {
        self.is_twice |= inner.is_twice;
        self.depth = self.depth.max(inner.depth + 1);
    }
}

impl<'de> Deserialize<'de> for Seen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SeenVisitor)
    }
}

struct SeenVisitor;

impl<'de> Visitor<'de> for SeenVisitor {
    type Value = Seen;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Seen, E> {
        Ok(Seen::default())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Seen, E> {
        Ok(Seen::default())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Seen, E> {
        Ok(Seen::default())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Seen, E> {
        Ok(Seen::default())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Seen, E> {
        Ok(Seen::default())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Seen, E> {
        Ok(Seen::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Seen, A::Error> {
        let mut seen = Seen { is_twice: false, depth: 1 };
        while let Some(item) = items.next_element::<Seen>()? {
            seen.inside(&item);
        }
        Ok(seen)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Seen, A::Error> {
        let (mut seen, mut keys) = (Seen { is_twice: false, depth: 1 }, HashSet::new());
        while let Some((key, value)) = fields.next_entry::<String, Seen>()? {
            seen.inside(&value);
            seen.is_twice |= !keys.insert(key);
        }
        Ok(seen)
    }
}

fn compare_readers(body: &[u8]) {
    let ours = Document::read(body.to_vec(), DEPTH_LIMIT);
    let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    let theirs = serde_json::from_slice::<Seen>(body);
    let expected = matches!(&theirs, Ok(seen) if !seen.is_twice && seen.depth <= DEPTH_LIMIT);
    assert_eq!(ours.is_ok(), expected, "{:?} but {:?}", ours.err(), theirs.err());
    if let Ok(document) = ours {
        let copy = Value::Source(document.root()).into_static().written();
        let [came, went] = [body, copy.as_bytes()].map(|json| serde_json::from_slice::<serde_json::Value>(json).ok());
        assert_eq!(came, went, "a value is not what it was");
    }
}

fn answer(place: usize, app: Option<String>, body: &[u8], held: &mut BTreeSet<&'static str>) {
    let Some(hook) = LIVE.rules.hooks.rows.get(place) else { return };
    let context = Context {
        id: "fuzz".to_owned(),
        now: Timestamp::from_second(1_768_046_400).expect("a moment in 2026"),
        calendar: hookgate::event::Calendar::utc(),
        app,
        token: Value::Null,
        caller: Value::Null,
        bearer: None,
        trace: None,
    };
    let Ok(event) = Event::read(&LIVE.rules.hooks, place, body.to_vec(), DEPTH_LIMIT, context) else { return };
    drop((event.person(), event.field("cymmetrifield"), event.field("formVeriable")));
    let quick = decide(&LIVE.rules, &event, &LIVE.tables).unwrap();
    let slow = explain(&LIVE.rules, &event, &LIVE.tables).unwrap();
    let (reply, same) = (quick.reply(hook, &event), slow.reply(hook, &event));
    let has_failed = [&quick, &slow].iter().any(|decision| matches!(decision.verdict, Verdict::Failed(_)));
    // A script may run out of time in one of them.
    assert!(has_failed || reply == same, "with and without the index the answers differ");
    let names = slow.trace.iter().filter(|rule| matches!(rule.outcome, Outcome::Held)).map(|rule| rule.rule.as_str());
    held.extend(rules().filter(|rule| names.clone().any(|name| name == *rule)));
    drop(quick.changes(&event));
    let reply = reply.expect("no hook of the twelve answers 503 of itself");
    check_reply(&reply);
    let is_unchanged = matches!(quick.verdict, Verdict::Undecided) && !quick.is_changed;
    if let (true, true, Some(user)) = (hook.kind.needs_user(), is_unchanged, event.user()) {
        assert_eq!(
            reply,
            format!("{{\"response\":{{\"data\":{}}}}}", Value::Source(user).written()),
            "an unchanged user came back changed"
        );
    }
}

/// Exactly one `response`, which is an object.
fn check_reply(reply: &str) {
    let seen: Seen = serde_json::from_str(reply).expect("a reply is JSON");
    assert!(!seen.is_twice, "a reply has a key twice");
    let reply: serde_json::Value = serde_json::from_str(reply).expect("a reply is JSON");
    let fields = reply.as_object().expect("a reply is an object");
    assert!(fields.len() == 1 && fields.get("response").is_some_and(serde_json::Value::is_object));
}
