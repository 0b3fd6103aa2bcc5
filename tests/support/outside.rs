//! A gateway that asks outside, from the text of its gateway.yaml to the reply.

use std::path::Path;
use std::sync::Arc;

use hookgate::diagnostic::{File, Report};
use hookgate::event::{Context, Event, Value};
use hookgate::gateway::{Answered, Gateway, Live, Reply};
use hookgate::lookup::Connections;
use hookgate::rule::{Role, Sources};
use secrecy::SecretString;
use tokio::runtime::{Builder, Handle, Runtime};

use super::log::logged;

pub struct Outside {
    pub gateway: Arc<Gateway>,
    /// Where the calls wait.
    runtime: Runtime,
    /// Where questions are on their way.
    pub questions: Handle,
}

/// What a lookup told its rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// The rows, as JSON, letter by letter.
    Rows(String),
    /// What the log says of an answer that did not come.
    Trouble(String),
}

impl Told {
    pub fn rows(self) -> String {
        match self {
            Told::Rows(rows) => rows,
            Told::Trouble(why) => panic!("no rows: {why}"),
        }
    }

    pub fn trouble(self) -> String {
        match self {
            Told::Trouble(why) => why,
            Told::Rows(rows) => panic!("no trouble: {rows}"),
        }
    }
}

impl Outside {
    /// A gateway with the rules of one file.
    pub fn new(settings: &str, rules: &str) -> Self {
        let file = Arc::new(File::new("rules.yaml".to_owned(), rules.to_owned()));
        Self::of(settings, &Sources::from_files(Path::new("rules"), vec![(Role::Yaml, file)]))
    }

    /// A gateway with these rules.
    pub fn of(settings: &str, sources: &Sources) -> Self {
        let settings = read(settings);
        let (live, _) = shown(Live::build(sources, &settings.tenant));
        let connections = shown(Connections::open(&settings.lookup));
        let questions = connections.runtime();
        let round_limit = settings.lookup.round_limit;
        let (connections, rest) = (Some(connections), hookgate::gateway::Outside::default());
        let outside = hookgate::gateway::Outside { connections, round_limit, ..rest };
        let gateway = Arc::new(Gateway::with(live, outside));
        Self { gateway, runtime: Builder::new_current_thread().enable_all().build().unwrap(), questions }
    }

    /// A gateway with one lookup of the connection `api`, which is asked with `user.key`: what `told` gives out.
    /// There is far more time for an event than for a lookup that does not say otherwise.
    pub fn asking(connection: &str, lookup: &str) -> Self {
        let settings = format!(
            "connections: {{ api: {{ {connection} }} }}\non_failure: {{ transform: unavailable }}\nlookups: {{ budget_ms: 60000 }}\n"
        );
        let rules = format!(
            "hook: preCreateUser\nlookups:\n  it: {{ http: api, on_error: fail, {lookup} }}\nrules:\n  \
             - {{ name: ask, let: {{ rows: {{ lookup: it, key: \"${{user.key}}\", all: true }} }}, set: {{ user.rows: \"${{rows}}\" }} }}\n"
        );
        Self::new(&settings, &rules)
    }

    /// What that lookup answers under a key.
    pub fn told(&self, key: &str) -> Told {
        self.told_to(key, Some(super::platform::TOKEN))
    }

    /// The same for a caller with this bearer.
    pub fn told_to(&self, key: &str, bearer: Option<&str>) -> Told {
        let key = serde_json::Value::from(key).to_string();
        let (reply, log) = self.reply("preCreateUser", &format!(r#"{{"request":{{"user":{{"key":{key}}}}}}}"#), bearer);
        if reply.status == 200 {
            let before = format!(r#"{{"response":{{"data":{{"key":{key},"rows":"#);
            let rows = reply.body.strip_prefix(&before).and_then(|rest| rest.strip_suffix("}}}"));
            return Told::Rows(rows.unwrap_or_else(|| panic!("{}\n{log}", reply.body)).to_owned());
        }
        let cause = log.split_once("no answer ").and_then(|(_, rest)| rest.split_once("cause=\""));
        let cause = cause.and_then(|(_, rest)| rest.split_once("\" millis"));
        Told::Trouble(cause.unwrap_or_else(|| panic!("{reply:?}\n{log}")).0.to_owned())
    }

    /// What is answered to a call, and what is logged of it.
    pub fn reply(&self, hook: &str, body: &str, bearer: Option<&str>) -> (Reply, String) {
        let mut reply = None;
        let log = logged(|| reply = Some(self.runtime.block_on(self.answer(hook, body, bearer))));
        (reply.unwrap(), log)
    }

    /// The reply alone, on the runtime of whoever asks.
    pub async fn answer(&self, hook: &str, body: &str, bearer: Option<&str>) -> Reply {
        match self.gateway.handle(self.event(hook, body, bearer)) {
            Answered::Now(reply) => reply,
            Answered::Later(reply) => reply.await,
        }
    }

    /// Waits where calls wait.
    pub fn wait<T>(&self, what: impl Future<Output = T>) -> T {
        self.runtime.block_on(what)
    }

    fn event(&self, hook: &str, body: &str, bearer: Option<&str>) -> Event {
        let hooks = self.gateway.hooks();
        let hook = hooks.position(hook).unwrap();
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
        Event::read(hooks, hook, body.as_bytes().to_vec(), 64, context).unwrap()
    }
}

/// The settings in a gateway.yaml.
pub fn read(text: &str) -> hookgate::config::Settings {
    let file = File::new("gateway.yaml".to_owned(), text.to_owned());
    shown(hookgate::config::read(Some(file), [], &[]))
}

fn shown<T>(outcome: Result<T, Report>) -> T {
    outcome.unwrap_or_else(|report| panic!("{}", report.to_text(false)))
}
