//! Runs what may take a while on a thread of its own, one after the other, and stops waiting for what takes too long.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, oneshot};

use crate::console::asked::Asked;
use crate::gateway::STACK_BYTES;

/// Why there is no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::console) enum Late {
    /// Others were first for too long.
    Busy,
    /// The same session wants something else since.
    Replaced,
    /// It takes too long; it goes on until it is done or sees the end of its time.
    TooLong,
    /// It broke off.
    Broken,
}

impl Late {
    /// What happened, and what the reader can do.
    pub fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::Busy => {
                ("others are trying something at this moment, and were first", "wait some seconds, and try again")
            }
            Self::Replaced => (
                "you have asked for something else since, which is done in its place",
                "wait for that; of each login one thing waits at a time",
            ),
            Self::TooLong => (
                "this takes longer than 10 seconds: it goes on in the background until it notices, and what comes of it is thrown \
                 away",
                "try fewer rules, or `hookgate check` and `hookgate dry-run` on the command line, which take their time",
            ),
            Self::Broken => ("this broke off", "that is a mistake of hookgate: please report what you tried"),
        }
    }
}

/// The time that a piece of work has.
#[derive(Clone, Debug)]
pub(in crate::console) struct Time {
    end: Instant,
    /// Whether nobody waits for it any more.
    pub is_over: Arc<AtomicBool>,
}

impl Time {
    pub fn goes_on(&self) -> bool {
        !self.is_over.load(Ordering::Relaxed) && Instant::now() < self.end
    }
}

/// Says that time is over when whoever waits is gone, for whatever reason.
struct Waiter(Arc<AtomicBool>);

impl Drop for Waiter {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A place in which one piece of work is done at a time. Whoever comes first is first, and of each session one piece waits.
#[derive(Clone, Debug)]
pub(in crate::console) struct Apart {
    place: Arc<Semaphore>,
    waiting: Arc<Waiting>,
}

/// By session: the number of the piece that waits, and what tells it that another has come.
#[derive(Debug, Default)]
struct Waiting {
    newest: AtomicU64,
    pieces: Mutex<HashMap<String, (u64, oneshot::Sender<()>)>>,
}

impl Waiting {
    fn pieces(&self) -> MutexGuard<'_, HashMap<String, (u64, oneshot::Sender<()>)>> {
        self.pieces.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A piece that waits, until it is dropped.
struct Turn {
    waiting: Arc<Waiting>,
    of: String,
    number: u64,
}

impl Turn {
    /// It takes the turn of the session's last piece, which is told by its receiver.
    fn new(waiting: &Arc<Waiting>, of: &str) -> (Self, oneshot::Receiver<()>) {
        let (tell, told) = oneshot::channel();
        let number = waiting.newest.fetch_add(1, Ordering::Relaxed);
        let before = waiting.pieces().insert(of.to_owned(), (number, tell));
        if let Some((_, tell)) = before {
            // It may have come to its place in this moment.
            let _ = tell.send(());
        }
        (Self { waiting: Arc::clone(waiting), of: of.to_owned(), number }, told)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut pieces = self.waiting.pieces();
        if pieces.get(&self.of).is_some_and(|(number, _)| *number == self.number) {
            pieces.remove(&self.of);
        }
    }
}

impl Default for Apart {
    fn default() -> Self {
        Self { place: Arc::new(Semaphore::new(1)), waiting: Arc::default() }
    }
}

impl Apart {
    /// How long is waited for the place, and then for a result.
    const PATIENCE: Duration = Duration::from_secs(15);
    const LIMIT: Duration = Duration::from_secs(10);

    /// Does the work of whoever asks, which is told when its time ends.
    pub async fn run<T: Send + 'static>(
        &self,
        asked: &Asked,
        work: impl FnOnce(&Time) -> T + Send + 'static,
    ) -> Result<T, Late> {
        self.run_for(asked.csrf(), work).await
    }

    async fn run_for<T: Send + 'static>(
        &self,
        session: &str,
        work: impl FnOnce(&Time) -> T + Send + 'static,
    ) -> Result<T, Late> {
        let (turn, replaced) = Turn::new(&self.waiting, session);
        let waits = tokio::time::timeout(Self::PATIENCE, Arc::clone(&self.place).acquire_owned());
        let place = tokio::select! {
            biased;
            Ok(()) = replaced => return Err(Late::Replaced),
            place = waits => place.map_err(|_| Late::Busy)?.map_err(|_| Late::Broken)?,
        };
        drop(turn);
        let waiter = Waiter(Arc::default());
        let time = Time { end: Instant::now() + Self::LIMIT, is_over: Arc::clone(&waiter.0) };
        let (done, result) = oneshot::channel();
        let run = move || {
            let place = place;
            // Nobody may be waiting any more.
            let _ = done.send(work(&time));
            drop(place);
        };
        Builder::new().name("console".to_owned()).stack_size(STACK_BYTES).spawn(run).map_err(|_| Late::Busy)?;
        let result = tokio::time::timeout(Self::LIMIT, result).await;
        drop(waiter);
        result.map_err(|_| Late::TooLong)?.map_err(|_| Late::Broken)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn of_each_session_one_piece_waits_and_who_came_first_is_first() {
        let apart = Apart::default();
        let (go, gate) = mpsc::channel::<()>();
        let order = Arc::new(Mutex::new(Vec::new()));
        let begin = |session: &'static str, name: &'static str, gate: Option<mpsc::Receiver<()>>| {
            let (apart, order) = (apart.clone(), Arc::clone(&order));
            tokio::spawn(async move {
                let work = move |_: &Time| {
                    gate.into_iter().for_each(|gate| gate.recv().unwrap());
                    order.lock().unwrap().push(name);
                };
                apart.run_for(session, work).await
            })
        };
        let first = begin("a", "first", Some(gate));
        tokio::task::yield_now().await;
        let second = begin("a", "second", None);
        tokio::task::yield_now().await;
        let other = begin("b", "other", None);
        tokio::task::yield_now().await;
        let third = begin("a", "third", None);
        assert_eq!(second.await.unwrap(), Err(Late::Replaced));
        go.send(()).unwrap();
        for piece in [first, other, third] {
            assert_eq!(piece.await.unwrap(), Ok(()));
        }
        assert_eq!(*order.lock().unwrap(), ["first", "other", "third"]);
    }

    #[tokio::test]
    async fn work_is_told_when_nobody_waits_any_more() {
        let apart = Apart::default();
        let (said, heard) = mpsc::channel();
        let (begun, begins) = oneshot::channel();
        let work = move |time: &Time| {
            begun.send(()).unwrap();
            while time.goes_on() {
                std::thread::yield_now();
            }
            said.send(()).unwrap();
        };
        let waits = tokio::spawn(async move { apart.run_for("a", work).await });
        begins.await.unwrap();
        waits.abort();
        assert!(waits.await.is_err());
        heard.recv_timeout(Duration::from_secs(5)).unwrap();
    }
}
