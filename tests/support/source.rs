//! A source of facts that a test plays: it answers after a while, fails or hangs, and counts what it was asked.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use hookgate::diagnostic::File;
use hookgate::engine::key_text;
use hookgate::event::{Context, Event, Hooks, Value};
use hookgate::gateway::{Answered, Gateway, Live, Outside, Reply};
use hookgate::lookup::{Caller, Connections, Fault, Rows, Source, Trouble};
use hookgate::rule::{Remote, Role, Sources};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::runtime::Handle;

use super::server::tenant_of;

/// What the source does with a key.
pub type Script = dyn Fn(&str) -> Does + Send + Sync;

/// What comes of a question.
pub enum Does {
    /// One row with this text as its `value`, or no row, after so many milliseconds.
    Answers(u64, Option<&'static str>),
    Fails(Fault),
    Hangs,
}

pub struct Played {
    script: Box<Script>,
    pub depends_on_caller: bool,
    /// How many questions it takes at once.
    pub at_once: Option<usize>,
    /// The keys in the order they came, with the caller's bearer where it depends on that.
    pub asked: Mutex<Vec<String>>,
    /// Questions on their way now, and the most there ever were.
    now: AtomicUsize,
    pub most: AtomicUsize,
}

impl std::fmt::Debug for Played {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Played")
    }
}

impl Played {
    pub fn new(script: impl Fn(&str) -> Does + Send + Sync + 'static) -> Self {
        let (asked, now, most) = (Mutex::default(), AtomicUsize::new(0), AtomicUsize::new(0));
        Self { script: Box::new(script), depends_on_caller: false, at_once: None, asked, now, most }
    }

    /// Answers everything with the key itself, after so many milliseconds.
    pub fn echo(millis: u64) -> Self {
        Self::new(move |key| Does::Answers(millis, Some(Box::leak(key.to_owned().into_boxed_str()))))
    }

    pub fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

struct Visit<'v>(&'v Played);

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Source for Played {
    fn ask<'s>(
        &'s self,
        _: &'s Remote,
        key: &'s Value<'static>,
        caller: &'s Caller,
    ) -> BoxFuture<'s, Result<Rows, Trouble>> {
        Box::pin(async move {
            let key = key_text(key.view()).into_owned();
            let bearer =
                caller.bearer.as_ref().map_or(String::new(), |bearer| format!(" for {}", bearer.expose_secret()));
            self.asked.lock().unwrap().push(format!("{key}{bearer}"));
            let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            let _visit = Visit(self);
            match (self.script)(&key) {
                Does::Answers(millis, value) => {
                    tokio::time::sleep(Duration::from_millis(millis)).await;
                    let row = |value: &str| Value::Map(vec![("value".into(), Value::text(value))]);
                    Ok(value.map(row).into_iter().collect())
                }
                Does::Fails(fault) => Err(Trouble::new(fault, "the source said no")),
                Does::Hangs => std::future::pending().await,
            }
        })
    }

    fn probe<'s>(&'s self, _: Option<&'s SecretString>) -> BoxFuture<'s, Result<String, Trouble>> {
        Box::pin(async { Ok("played".to_owned()) })
    }

    fn at_once(&self) -> Option<usize> {
        self.at_once
    }

    fn depends_on_caller(&self) -> bool {
        self.depends_on_caller
    }
}

/// The settings of a tenant whose one connection is `api`.
pub const TENANT: &str = "connections: { api: { http: \"https://api.example\" } }\n";

/// The rules of one file, for that tenant.
pub fn live(rules: &str) -> Live {
    let file = Arc::new(File::new("rules.yaml".to_owned(), rules.to_owned()));
    let sources = Sources::from_files(std::path::Path::new("rules"), vec![(Role::Yaml, file)]);
    let built = Live::build(&sources, &tenant_of(TENANT));
    built.unwrap_or_else(|report| panic!("{}\n{rules}", report.to_text(false))).0
}

/// A gateway with these rules that asks this source, on the runtime it is made on.
pub fn asking(rules: &str, source: &Arc<Played>) -> Arc<Gateway> {
    let source: Arc<dyn Source> = Arc::clone(source) as _;
    let connections = Connections::of([("api".to_owned(), source)], Handle::current());
    let outside = Outside { connections: Some(connections), round_limit: 8, ..Outside::default() };
    Arc::new(Gateway::with(live(rules), outside))
}

/// A call of validateUser for this user.
pub fn event(hook: usize, user: &str, bearer: Option<&str>) -> Event {
    let context = Context {
        id: "id".to_owned(),
        now: jiff::Timestamp::UNIX_EPOCH,
        calendar: hookgate::event::Calendar::utc(),
        app: None,
        token: Value::Null,
        caller: Value::Null,
        bearer: bearer.map(SecretString::from),
        trace: None,
    };
    let body = format!("{{\"request\":{{\"user\":{user}}}}}");
    Event::read(&Hooks::standard(), hook, body.into_bytes(), 64, context).unwrap()
}

/// What the gateway answers a validateUser call for this user.
pub async fn answer(gateway: &Arc<Gateway>, user: &str) -> Reply {
    answer_for(gateway, user, None).await
}

/// The same for a caller with this bearer.
pub async fn answer_for(gateway: &Arc<Gateway>, user: &str, bearer: Option<&str>) -> Reply {
    let hook = gateway.hooks().position("validateUser").unwrap();
    match gateway.handle(event(hook, user, bearer)) {
        Answered::Now(reply) => reply,
        Answered::Later(reply) => reply.await,
    }
}

/// The code an answer refuses with, or `accepted`.
pub fn outcome(reply: &Reply) -> String {
    let json: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
    json["response"]["message"].as_str().unwrap_or("accepted").to_owned()
}
