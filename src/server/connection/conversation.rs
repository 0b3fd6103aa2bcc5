//! Handles one connection: reads a request, answers it, reads the next.
//!
//! One request is read at a time, and what follows it waits in the operating system. So a pipeline of any length is
//! answered in order, and costs no more memory than one request.

use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use actix_web::http::Method;
use futures_util::FutureExt as _;
use jiff::Timestamp;
use tokio::time::{Instant, timeout_at};

use super::head::Head;
use super::idle_timeout::Connection;
use super::wire::Wire;
use crate::server::admission::Full;
use crate::server::request::{Caller, Manner, Refusal, Shortage, Worker, receive, refuse};

/// One connection and whom it is with.
#[derive(Debug)]
pub struct Conversation {
    pub wire: Wire,
    pub caller: Caller,
    pub worker: Rc<Worker>,
    pub connection: Arc<Connection>,
}

/// How waiting for a head ends.
enum Next {
    Head(Box<Head>),
    Refused(Refusal),
    /// The caller is gone, has nothing to ask, or the server stops.
    End,
}

/// Resolves when no further request is taken.
type Stopping<'s> = Pin<&'s mut dyn Future<Output = ()>>;

/// Answers what comes until either side ends the connection.
pub async fn converse(conversation: Conversation, mut stopping: Stopping<'_>) {
    let Conversation { mut wire, caller, worker, connection } = conversation;
    let settings = &worker.shared.settings;
    let keep_alive = Duration::from_millis(settings.keep_alive_ms);
    let mut pause = Duration::from_millis(settings.head_time_limit_ms);
    loop {
        // What a request costs is given back once its answer is sent: who does not read it holds it.
        let mut share = worker.shared.bodies.share();
        let (answer, mut manner) = match next(&mut wire, &worker, pause, stopping.as_mut()).await {
            Next::End => break,
            // Nobody knows where the next message would begin.
            Next::Refused(refusal) => (refuse(&worker, &caller, refusal), Manner::default()),
            Next::Head(head) => {
                // On the heap, so that a connection that idles does not hold what a request needs.
                let receiving = receive(&worker, &connection, &caller, &head, (&mut wire, &mut share));
                let received = Box::pin(receiving).await;
                let Some((answer, is_read)) = received else { break };
                let keeps_open = is_read && head.keeps_open && !keep_alive.is_zero();
                (answer, Manner { is_old: head.is_old, is_head_alone: head.method == Method::HEAD, keeps_open })
            }
        };
        manner.keeps_open &= stopping.as_mut().now_or_never().is_none();
        let written = answer.written(manner, &worker.clock.date(Timestamp::now()));
        drop(answer);
        // Less than reading the body took; where it is not, it is made all the same.
        let _ = share.hold(written.capacity());
        if wire.send(&written).await.is_err() || !manner.keeps_open {
            break;
        }
        pause = keep_alive;
    }
    wire.close().await;
}

/// Waits for the next head: `pause` until it begins, and `limits.head_time_ms` until it is whole.
async fn next(wire: &mut Wire, worker: &Worker, pause: Duration, mut stopping: Stopping<'_>) -> Next {
    let settings = &worker.shared.settings;
    let head_time = Duration::from_millis(settings.head_time_limit_ms);
    let mut share = worker.shared.heads.share();
    let (began, mut deadline) = (Instant::now(), None);
    loop {
        match wire.head(settings) {
            Ok(Some(head)) => return Next::Head(Box::new(head)),
            Ok(None) => {}
            Err(refusal) => return Next::Refused(refusal),
        }
        if share.hold(wire.held_bytes()) == Err(Full) {
            return Next::Refused(Refusal::Overloaded(Shortage::Heads));
        }
        // One byte more than a head may have, so that one that is larger is known to be.
        let most = (settings.head_limit_bytes + 1).saturating_sub(wire.waiting_bytes());
        let until = match wire.waiting_bytes() {
            0 => began + pause,
            _ => *deadline.get_or_insert_with(|| Instant::now() + head_time),
        };
        let is_more = match wire.fill(most).now_or_never() {
            // What is there already needs no timer.
            Some(is_more) => Ok(is_more),
            None => tokio::select! {
                biased;
                filled = timeout_at(until, wire.fill(most)) => filled,
                () = stopping.as_mut() => return Next::End,
            },
        };
        match is_more {
            Ok(true) => {}
            // Whoever has said half a head and nothing more may still read.
            Ok(false) if wire.waiting_bytes() > 0 && !wire.is_broken() => return Next::Refused(Refusal::HeadBroken),
            Ok(false) => return Next::End,
            Err(_) if wire.waiting_bytes() == 0 => return Next::End,
            Err(_) => {
                worker.shared.counters.cut.fetch_add(1, Ordering::Relaxed);
                return Next::Refused(Refusal::HeadTooSlow);
            }
        }
    }
}
