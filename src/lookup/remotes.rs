//! Asks the lookups over connections: all questions of an event at once, within their own limits and the event's.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use tokio::runtime::Handle;
use tokio::time::{Instant, timeout, timeout_at};

use super::answers::{Answers, Outcome};
use super::cache::{Cache, Entry, KEPT_LIMIT_BYTES, Kept};
use super::concurrency_limit::ConcurrencyLimit;
use super::connections::{Connections, OpenedConnection};
use super::held::Held;
use super::source::{Caller, Fault, Trouble};
use super::tally::Tally;
use crate::engine::{Question, key_identity};
use crate::event::Value;
use crate::rule::{Lookup, OnError, Remote};
use crate::telemetry::traces::{Kind, Span};

/// Who asks, and until when.
#[derive(Debug)]
pub struct Asker<'a> {
    /// The id of the request, for the log.
    pub id: &'a str,
    /// The bearer of the call.
    pub bearer: Option<&'a SecretString>,
    /// What the questions are parts of.
    pub span: &'a Span,
    pub deadline: Instant,
    /// The time the event has in all, for messages.
    pub budget: Duration,
}

/// The lookups over connections, in the order of a rule set's lookups; nothing at the place of a table.
#[derive(Debug, Default)]
pub struct Remotes {
    lookups: Vec<Option<Arc<Asked>>>,
    runtime: Option<Handle>,
}

/// A lookup that can be asked.
#[derive(Debug)]
struct Asked {
    name: String,
    remote: Remote,
    /// `None` where its connection is not open: in tests, and where settings and rules do not fit.
    line: Option<Arc<OpenedConnection>>,
    cache: Cache,
    tally: Arc<Tally>,
    places: ConcurrencyLimit,
}

impl Remotes {
    /// The lookups of a rule set with the connections they ask.
    #[must_use]
    pub fn new(lookups: &[Lookup], connections: &Connections) -> Self {
        let runtime = connections.runtime();
        let keeping = lookups.iter().filter_map(Lookup::remote).filter(|remote| Cache::keeps(remote).is_some());
        let room_bytes = KEPT_LIMIT_BYTES / keeping.count().max(1);
        let asked = |lookup: &Lookup| {
            let remote = lookup.remote()?.clone();
            let line = connections.line(&remote.connection);
            Some(Arc::new(Asked {
                name: lookup.name.clone(),
                cache: Cache::new(&remote, room_bytes, &runtime),
                tally: connections.tallies.of(&lookup.name),
                places: ConcurrencyLimit::new(remote.at_once, line.as_ref().and_then(|line| line.places.clone())),
                line,
                remote,
            }))
        };
        Self { lookups: lookups.iter().map(asked).collect(), runtime: Some(runtime) }
    }

    /// Asks all questions at once and puts what came of them into `answers`. Takes until the asker's deadline at most.
    pub async fn ask(&self, questions: Vec<Question>, asker: &Asker<'_>, answers: &mut Answers) {
        let told = join_all(questions.iter().map(|question| self.ask_one(question, asker))).await;
        for (question, told) in questions.iter().zip(told) {
            answers.put(question, told);
        }
    }

    async fn ask_one(&self, question: &Question, asker: &Asker<'_>) -> Outcome {
        let (Some(Some(asked)), Some(runtime)) = (self.lookups.get(question.lookup), &self.runtime) else {
            return Outcome::Failed(Trouble::new(Fault::Question, "no connection is open"));
        };
        let began = Instant::now();
        let span = asker.span.child(Kind::Client, format_args!("lookup {}", asked.name));
        let bearer = asker.bearer.filter(|_| asked.depends_on_caller()).cloned();
        let identity = identity_for(question, bearer.as_ref());
        let caller = Caller { bearer, trace: span.trace() };
        let told = loop {
            // On its way by itself: an event that waits no longer does not take the answer from others who ask the same.
            let key = question.key.clone();
            let flight = Arc::clone(asked).answer(identity.clone(), key, caller.clone(), asker.deadline);
            break match timeout_at(asker.deadline, runtime.spawn(flight)).await {
                // Somebody else asked the same and had less time.
                Ok(Ok((entry, true))) if entry.is_queued_in_vain() => continue,
                Ok(Ok((entry, _))) => asked.told(&entry),
                Ok(Err(_)) => asked.stand_in(None, Trouble::new(Fault::Source, "asking broke down")),
                Err(_) => {
                    let why = format!("the event's time of {} ms is spent", asker.budget.as_millis());
                    asked.stand_in(asked.cache.known(&identity).await.as_ref(), Trouble::new(Fault::Queue, why))
                }
            };
        };
        asked.tally.told(&told);
        log(asked, &told, asker.id, began);
        trace(asked, &told, &span);
        told
    }
}

impl Asked {
    fn depends_on_caller(&self) -> bool {
        self.line.as_ref().is_some_and(|line| line.source.depends_on_caller())
    }

    /// What is known or answered under a key, and whether it was asked for by somebody else. A place is waited for until the
    /// deadline.
    async fn answer(
        self: Arc<Self>,
        identity: String,
        key: Value<'static>,
        caller: Caller,
        deadline: Instant,
    ) -> (Entry, bool) {
        let (asked, is_hit) = (Arc::clone(&self), AtomicBool::new(true));
        let fetch = async {
            is_hit.store(false, Ordering::Relaxed);
            let began = Instant::now();
            let outcome = Arc::clone(&asked).fetch(key, caller, deadline).await;
            asked.tally.asked(began.elapsed());
            outcome
        };
        let entry = self.cache.answer(identity, fetch).await;
        let is_hit = is_hit.into_inner();
        if is_hit && !entry.is_queued_in_vain() {
            self.tally.cache_hit();
        }
        (entry, is_hit)
    }

    /// Asks the source, within the lookup's timeout from when there is a place for the question.
    async fn fetch(self: Arc<Self>, key: Value<'static>, caller: Caller, deadline: Instant) -> Result<Held, Trouble> {
        let Some(line) = self.line.clone() else {
            let message = format!("connection `{}` is not open", self.remote.connection);
            return Err(Trouble::new(Fault::Question, message));
        };
        let left_alone = || {
            let message = format!("connection `{}` failed again and again and is left alone", self.remote.connection);
            Trouble::new(Fault::Question, message)
        };
        if line.breaker.is_open(Instant::now()) {
            return Err(left_alone());
        }
        let place = self.places.take(deadline).await?;
        let began = Instant::now();
        let pass = line.breaker.admit(began).ok_or_else(left_alone)?;
        let asked = Arc::clone(&self);
        let (source, can_be_dropped) = (Arc::clone(&line.source), line.source.can_be_dropped());
        let mut task = tokio::spawn(async move {
            let rows = source.ask(&asked.remote, &key, &caller).await;
            drop(place);
            rows
        });
        let outcome = match timeout_at(began + self.remote.timeout, &mut task).await {
            Ok(Ok(outcome)) => outcome.inspect(|_| self.places.answered(began.elapsed())),
            Ok(Err(_)) => Err(unread()),
            Err(_) => {
                if can_be_dropped {
                    task.abort();
                }
                Err(Trouble::new(Fault::Source, format!("no answer in {} ms", self.remote.timeout.as_millis())))
            }
        };
        pass.tell(!outcome.as_ref().is_err_and(Trouble::is_of_source), Instant::now());
        outcome.and_then(Held::new)
    }

    fn told(&self, entry: &Entry) -> Outcome {
        match &entry.outcome {
            Ok(held) => Outcome::Rows(held.clone()),
            Err(trouble) => self.stand_in(entry.before.as_ref(), trouble.clone()),
        }
    }

    /// What the lookup's `on_error` says.
    fn stand_in(&self, before: Option<&Kept>, why: Trouble) -> Outcome {
        match &self.remote.on_error {
            OnError::Fail => Outcome::Failed(why),
            OnError::Absent => Outcome::Degraded(Arc::default(), why),
            OnError::Use(rows) => Outcome::Degraded(Arc::new(rows.clone()), why),
            OnError::Stale(limit) => match before.and_then(|kept| kept.within(*limit)) {
                Some(rows) => Outcome::Degraded(rows, why),
                None => Outcome::Failed(why),
            },
        }
    }
}

/// A library panicked over what the source sent: no server of its kind sends that, so that it is left alone after a few.
fn unread() -> Trouble {
    Trouble::new(Fault::Source, "reading the answer broke down").help("see which program answers at this address")
}

/// The question as one text; of a source that answers each caller differently, the caller belongs to it.
fn identity_for(question: &Question, bearer: Option<&SecretString>) -> String {
    let mut identity = key_identity(question.key.view());
    if let Some(bearer) = bearer {
        identity += &format!(" {:x}", Sha256::digest(bearer.expose_secret().as_bytes()));
    }
    identity
}

/// One line a question: never the key or a row, which are personal.
fn log(asked: &Asked, told: &Outcome, id: &str, began: Instant) {
    let (lookup, connection) = (asked.name.as_str(), asked.remote.connection.as_str());
    let millis = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    match told {
        Outcome::Rows(rows) => {
            let rows = rows.len();
            tracing::debug!(target: "hookgate::lookup", request_id = id, lookup, connection, rows, millis, "asked");
        }
        Outcome::Degraded(_, Trouble { message: cause, help, .. }) => {
            let help = help.as_deref();
            tracing::warn!(target: "hookgate::lookup", request_id = id, lookup, connection, cause, millis, help, "on_error stands in");
        }
        Outcome::Failed(Trouble { message: cause, help, .. }) => {
            let help = help.as_deref();
            tracing::warn!(target: "hookgate::lookup", request_id = id, lookup, connection, cause, millis, help, "no answer");
        }
    }
}

/// The same for a trace.
fn trace(asked: &Asked, told: &Outcome, span: &Span) {
    span.note("hookgate.lookup", &asked.name);
    span.note("hookgate.connection", &asked.remote.connection);
    match told {
        Outcome::Rows(rows) => span.count("hookgate.rows", rows.len().try_into().unwrap_or(i64::MAX)),
        Outcome::Degraded(_, why) => span.note("hookgate.on_error", &why.message),
        Outcome::Failed(why) => span.fail(&why.message),
    }
}

/// Whether a connection answers, within a limit.
///
/// # Errors
/// What the trouble is.
pub async fn probe(
    line: Arc<OpenedConnection>,
    caller: Option<SecretString>,
    limit: Duration,
) -> Result<String, Trouble> {
    // By itself, as questions are: a source that may not be dropped half way is waited for no longer, but not dropped.
    let probing = tokio::spawn(async move { line.source.probe(caller.as_ref()).await });
    match timeout(limit, probing).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(unread()),
        Err(_) => Err(Trouble::new(Fault::Source, format!("no answer in {} ms", limit.as_millis()))),
    }
}
