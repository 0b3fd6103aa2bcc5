//! Lookups of one rule file, asked over the connections of one gateway.yaml, without a hook around them.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hookgate::diagnostic::File;
use hookgate::engine::{Answer, Facts as _, Question};
use hookgate::event::Value;
use hookgate::gateway::Live;
use hookgate::lookup::{Answers, Asker, Connections, Known};
use hookgate::rule::{Role, Sources};
use hookgate::telemetry::traces::Span;

/// Longest wait for an answer, in seconds; a lookup's own timeout ends sooner.
const PATIENCE_S: u64 = 60;

/// Lookups that can be asked.
pub struct Asking {
    live: Live,
    pub connections: Connections,
}

/// What a lookup answered.
#[derive(Debug, PartialEq, Eq)]
pub enum Told {
    /// Its rows as JSON.
    Rows(Vec<String>),
    Failed(String),
}

impl Told {
    /// The one row.
    pub fn row(self) -> String {
        match self {
            Told::Rows(mut rows) if rows.len() == 1 => rows.remove(0),
            other => panic!("not one row: {other:?}"),
        }
    }

    pub fn failure(self) -> String {
        match self {
            Told::Failed(why) => why,
            Told::Rows(rows) => panic!("an answer: {rows:?}"),
        }
    }
}

impl Asking {
    /// `connections` and `lookups` as they stand below these keys.
    pub fn new(connections: &str, lookups: &str) -> Self {
        let settings = File::new("gateway.yaml".to_owned(), format!("connections:\n{connections}\n"));
        let settings = hookgate::config::read(Some(settings), [], &[])
            .unwrap_or_else(|report| panic!("{}", report.to_text(false)));
        let connections =
            Connections::open(&settings.lookup).unwrap_or_else(|report| panic!("{}", report.to_text(false)));
        let rules = format!("hook: test\nlookups:\n{lookups}\nrules: [{{ name: any, stop: true }}]\n");
        let file = Arc::new(File::new("rules.yaml".to_owned(), rules));
        let sources = Sources::from_files(Path::new("rules"), vec![(Role::Yaml, file)]);
        let (live, _) =
            Live::build(&sources, &settings.tenant).unwrap_or_else(|report| panic!("{}", report.to_text(false)));
        Self { live: live.connect(&connections), connections }
    }

    /// Asks the lookup called `name`.
    pub fn ask(&self, name: &str, key: &str) -> Told {
        self.ask_all(name, &[key]).remove(0)
    }

    /// Asks it with several keys at once.
    pub fn ask_all(&self, name: &str, keys: &[&str]) -> Vec<Told> {
        self.ask_values(name, &keys.iter().map(|key| Value::text(*key)).collect::<Vec<_>>())
    }

    /// Asks it for an event that has this much time.
    pub async fn one(&self, name: &str, key: String, budget: Duration) -> Told {
        let (lookup, key) = (self.position(name), Value::text(key));
        let mut answers = Answers::default();
        self.put(vec![Question { lookup, key: key.clone() }], budget, &mut answers).await;
        self.told(lookup, &key, &answers)
    }

    /// Asks it with a key that is no text.
    pub fn ask_value(&self, name: &str, key: Value<'static>) -> Told {
        self.ask_values(name, &[key]).remove(0)
    }

    fn ask_values(&self, name: &str, keys: &[Value<'static>]) -> Vec<Told> {
        let lookup = self.position(name);
        let questions = keys.iter().map(|key| Question { lookup, key: key.clone() }).collect();
        let mut answers = Answers::default();
        let budget = Duration::from_secs(PATIENCE_S);
        self.connections.runtime().block_on(self.put(questions, budget, &mut answers));
        keys.iter().map(|key| self.told(lookup, key, &answers)).collect()
    }

    fn position(&self, name: &str) -> usize {
        self.live.rules.lookups.iter().position(|lookup| lookup.name == name).unwrap()
    }

    async fn put(&self, questions: Vec<Question>, budget: Duration, answers: &mut Answers) {
        let deadline = tokio::time::Instant::now() + budget;
        let asker = Asker { id: "test", bearer: None, span: &Span::default(), deadline, budget };
        self.live.remotes.ask(questions, &asker, answers).await;
    }

    fn told(&self, lookup: usize, key: &Value<'static>, answers: &Answers) -> Told {
        let known = Known { tables: &self.live.tables, answers };
        match known.answer(lookup, key.view()) {
            Answer::Rows(rows) => Told::Rows(rows.iter().map(Value::to_json).collect()),
            Answer::Failed(why) => Told::Failed(why),
            other => panic!("{other:?}"),
        }
    }

    /// What the first connection says of itself.
    pub fn probe(&self) -> Result<String, String> {
        let (_, line) = self.connections.lines().next().unwrap();
        let told = self.connections.runtime().block_on(line.source.probe(None));
        told.map_err(|trouble| trouble.message)
    }
}
