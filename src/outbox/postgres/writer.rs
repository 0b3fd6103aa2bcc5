//! The writer of the shared outbox: stores everything that gathered meanwhile in one synced transaction.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::put::{Incoming, put};
use super::sessions::Sessions;
use super::trouble::Failure;
use crate::outbox::delivery::{NewDeliveries, Passing};
use crate::outbox::store::Trouble;

/// Events that wait for the writer; when they are full a caller is turned away rather than kept waiting.
const QUEUE_LIMIT_JOBS: usize = 4_096;
/// Most events that one transaction takes.
const BATCH_LIMIT_JOBS: usize = 512;
/// Where a transaction takes no further event, in bytes of bodies.
const BATCH_LIMIT_BYTES: usize = 8 << 20;
/// How long an event waits to be stored, in milliseconds; then its caller is turned away.
const PUT_LIMIT_MS: u64 = 5_000;

/// An event to store, and who waits for it.
struct Job {
    incoming: Incoming,
    reply: oneshot::Sender<Result<bool, Trouble>>,
}

/// The writer.
#[derive(Debug)]
pub struct Writer {
    sessions: Arc<Sessions>,
    /// The name of the outbox.
    outbox: Arc<str>,
    /// Begins with the first event.
    jobs: OnceLock<Sender<Job>>,
}

impl Writer {
    /// A writer over a session of its own.
    pub fn new(sessions: Arc<Sessions>, outbox: Arc<str>) -> Self {
        Self { sessions, outbox, jobs: OnceLock::new() }
    }

    /// Has an event stored with others that come at the same time; `false` where it is a repetition.
    pub async fn put(&self, new_deliveries: NewDeliveries) -> Result<bool, Trouble> {
        self.write(Incoming::Sends(new_deliveries)).await
    }

    /// Has an event noted that sends nothing, in its place among the others.
    pub async fn pass(&self, passing: Passing) -> Result<(), Trouble> {
        self.write(Incoming::Passes(passing)).await.map(drop)
    }

    async fn write(&self, incoming: Incoming) -> Result<bool, Trouble> {
        let (reply, answer) = oneshot::channel();
        let limit = Duration::from_millis(PUT_LIMIT_MS);
        let broken = || Trouble::from(Failure::broken(self.sessions.name()));
        match self.jobs().try_send(Job { incoming, reply }) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => {
                return Err(Trouble {
                    message: format!("{} has {QUEUE_LIMIT_JOBS} events waiting", self.sessions.name()),
                    help: "more is sent than the database can take: give it faster disks, or send less".to_owned(),
                });
            }
            Err(TrySendError::Closed(_)) => return Err(broken()),
        }
        match timeout(limit, answer).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(broken()),
            Err(_) => Err(Failure::silent(self.sessions.name(), limit).into()),
        }
    }

    fn jobs(&self) -> &Sender<Job> {
        self.jobs.get_or_init(|| {
            let (jobs, waiting) = channel(QUEUE_LIMIT_JOBS);
            self.sessions.handle().spawn(write(Arc::clone(&self.sessions), Arc::clone(&self.outbox), waiting));
            jobs
        })
    }
}

/// Stores until nobody can send any more.
async fn write(sessions: Arc<Sessions>, outbox: Arc<str>, mut waiting: Receiver<Job>) {
    let mut jobs = Vec::new();
    while waiting.recv_many(&mut jobs, BATCH_LIMIT_JOBS).await > 0 {
        while !jobs.is_empty() {
            store(&sessions, &outbox, batch(&mut jobs)).await;
        }
    }
}

/// As many as one transaction takes, without those whose caller was turned away meanwhile.
fn batch(jobs: &mut Vec<Job>) -> Vec<Job> {
    let mut bytes = 0_usize;
    let is_beyond = |job: &Job| {
        bytes += match &job.incoming {
            Incoming::Sends(new_deliveries) => {
                new_deliveries.deliveries.iter().map(|delivery| delivery.body.bytes.len()).sum()
            }
            Incoming::Passes(_) => 0,
        };
        bytes > BATCH_LIMIT_BYTES
    };
    // One that is larger by itself is stored by itself.
    let end = jobs.iter().position(is_beyond).unwrap_or(jobs.len()).max(1);
    let rest = jobs.split_off(end.min(jobs.len()));
    let mut batch = std::mem::replace(jobs, rest);
    batch.retain(|job| !job.reply.is_closed());
    batch
}

async fn store(sessions: &Arc<Sessions>, outbox: &Arc<str>, jobs: Vec<Job>) {
    let (events, replies): (Vec<_>, Vec<_>) = jobs.into_iter().map(|job| (job.incoming, job.reply)).unzip();
    let events = Arc::new(events);
    let stored = if events.is_empty() { Ok(Vec::new()) } else { run(sessions, outbox, &events).await };
    match stored {
        Ok(stored) => replies.into_iter().zip(stored).for_each(|(reply, stored)| drop(reply.send(Ok(stored)))),
        // One that cannot be stored is no reason to turn the others away.
        Err(failure) if failure.is_of_values && events.len() > 1 => {
            for (reply, event) in replies.into_iter().zip(events.iter()) {
                let stored = run(sessions, outbox, &Arc::new(vec![event.clone()])).await;
                let stored = stored.map(|stored| stored.contains(&true)).map_err(Trouble::from);
                let _ = reply.send(stored);
            }
        }
        Err(failure) => {
            let trouble = Trouble::from(failure);
            replies.into_iter().for_each(|reply| drop(reply.send(Err(trouble.clone()))));
        }
    }
}

async fn run(sessions: &Arc<Sessions>, outbox: &Arc<str>, events: &Arc<Vec<Incoming>>) -> Result<Vec<bool>, Failure> {
    let (outbox, events) = (Arc::clone(outbox), Arc::clone(events));
    let limit = Duration::from_millis(PUT_LIMIT_MS);
    sessions.run(limit, move |connection| Box::pin(put(connection, Arc::clone(&outbox), Arc::clone(&events)))).await
}
