//! Handles every request: the path becomes a hook, the body an event, the reply an answer.

use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use actix_web::http::Method;
use actix_web::http::header::{CONTENT_ENCODING, HeaderMap, HeaderValue};
use jiff::Timestamp;

use super::answer::Answer;
use super::body::Incoming;
use super::date_header::Clock;
use super::id::Ids;
use super::in_flight::InFlight;
use super::log::Refused;
use super::metrics::Outcome;
use super::refusal::{Refusal, Shortage};
use super::{answer, application, error_boundary, log as line};
use crate::event::{Context, Event, Hook, Hooks, Kind, Route, Trace};
use crate::gateway::{Answered, Reply};
use crate::server::admission::{Scheduler, Share, TooLong};
use crate::server::auth;
use crate::server::auth::{Admitted, Judged, Verdict};
use crate::server::connection::{Connection, Head, PeerCertificate, Wire};
use crate::server::newest::NewestCall;
use crate::server::shared::Shared;

/// How much of a path is remembered.
const ABOVE_LIMIT_BYTES: usize = 200;

/// What one worker thread has of its own.
#[derive(Debug)]
pub struct Worker {
    pub shared: Arc<Shared>,
    pub ids: Ids,
    pub turns: Rc<Scheduler>,
    pub clock: Clock,
}

/// Who is at the other end of a connection.
#[derive(Debug)]
pub struct Caller {
    pub address: Option<IpAddr>,
    pub certificate: Option<PeerCertificate>,
}

impl Worker {
    pub fn new(shared: Arc<Shared>) -> Self {
        let wait_limit = Duration::from_millis(shared.settings.wait_limit_ms);
        let turns = Rc::new(Scheduler::new(shared.hooks.rows.len(), wait_limit));
        Self { shared, ids: Ids::default(), turns, clock: Clock::default() }
    }
}

/// Answers a request, whatever it is; whether its body was read to its end, so that another can follow. None if the caller
/// went away meanwhile.
pub async fn receive(
    worker: &Worker,
    connection: &Connection,
    caller: &Caller,
    head: &Head,
    (wire, share): (&mut Wire, &mut Share<'_>),
) -> Option<(Answer, bool)> {
    let shared = &*worker.shared;
    let now = Timestamp::now();
    let id = worker.ids.next(now).to_string();
    let in_flight = InFlight::begin(shared, connection);
    let call = Call { shared, turns: &worker.turns, caller, head, now, id: id.clone() };
    let mut body = Incoming::new(wire, head, share, shared.settings.member_limit);
    match call.answer(&in_flight, &mut body).await {
        Ok(None) => None,
        Ok(Some(reply)) => {
            in_flight.ends(Outcome::of_status(reply.status));
            Some((answer::reply(reply, id), true))
        }
        Err(refused) => {
            let refusal = refused.refusal;
            in_flight.ends(Outcome::of_refusal(refusal));
            shared.counters.refuse(refusal);
            let origin = shared.gates.now().for_all().origin(&presented(caller, head));
            refused.tell(&shared.told, origin, &id);
            remember(shared, refused, (head, origin), (now, &id));
            // Of broken framing nothing more can be read.
            Some((answer::refusal(refusal, id), refusal != Refusal::BodyBroken && body.skip()))
        }
    }
}

/// Remembers a refused call of "save & test", and a call of a hook under a path that no prefix leads to.
fn remember(
    shared: &Shared,
    refused: Refused<'_>,
    (head, origin): (&Head, Option<IpAddr>),
    (now, id): (Timestamp, &str),
) {
    let Refused { refusal, hook, verdicts } = refused;
    let (hook, above) = match hook {
        Some(hook) => (hook.kind == Kind::Probe).then(|| (hook.name.clone(), None)),
        None if refusal == Refusal::UnknownHook => above_hook(&shared.hooks, head.uri.path()),
        None => None,
    }
    .unzip();
    if let Some(hook) = hook {
        let (at, id) = (now, id.to_owned());
        let above = above.flatten();
        shared.counters.newest.note(NewestCall { at, id, from: origin, hook, above, refusal: Some(refusal), verdicts });
    }
}

/// The hook that the last part of a path names, and what stands before it.
fn above_hook(hooks: &Hooks, path: &str) -> Option<(String, Option<String>)> {
    let (above, name) = path.trim_end_matches('/').rsplit_once('/')?;
    let hook = hooks.named(name)?;
    let is_shown = above.len() <= ABOVE_LIMIT_BYTES;
    Some((hook.name.clone(), Some(if is_shown { above.to_owned() } else { "…".to_owned() })))
}

/// Answers what is no request.
pub fn refuse(worker: &Worker, caller: &Caller, refusal: Refusal) -> Answer {
    let id = worker.ids.next(Timestamp::now()).to_string();
    worker.shared.counters.refuse(refusal);
    Refused::from(refusal).tell(&worker.shared.told, caller.address, &id);
    answer::refusal(refusal, id)
}

/// What is known of a call before its body is read.
fn presented<'c>(caller: &'c Caller, head: &'c Head) -> auth::Head<'c> {
    auth::Head { headers: &head.headers, peer: caller.address, certificate: caller.certificate.as_ref() }
}

/// A request on its way to an answer.
struct Call<'a> {
    shared: &'a Shared,
    turns: &'a Rc<Scheduler>,
    caller: &'a Caller,
    head: &'a Head,
    now: Timestamp,
    id: String,
}

impl<'a> Call<'a> {
    async fn answer(self, in_flight: &InFlight<'_>, body: &mut Incoming<'_, '_>) -> Result<Option<Reply>, Refused<'a>> {
        let uri = &self.head.uri;
        self.admit_caller()?;
        let route = self.shared.routes.find(uri.path()).ok_or(Refusal::UnknownHook)?;
        in_flight.is_for(route.hook);
        let hook = self.shared.hook(route.hook).ok_or(Refusal::UnknownHook)?;
        let of_hook = |refusal| Refused { refusal, hook: Some(hook), verdicts: Vec::new() };
        let admitted = self.admit(&route, hook).await?;
        let app = application::id(route.app, uri.query());
        self.answer_hook(route.hook, (app, admitted), body).await.map_err(of_hook)
    }

    async fn answer_hook(
        self,
        place: usize,
        (app, admitted): (Option<String>, Admitted),
        body: &mut Incoming<'_, '_>,
    ) -> Result<Option<Reply>, Refusal> {
        self.is_call()?;
        let Shared { settings, places, .. } = self.shared;
        places.look(place)?;
        let read = match body.read(settings.body_limit_bytes, self.shared.body_time_limit).await {
            // Nobody is there whom it could be told.
            Err(Refusal::BodyBroken) if body.is_cut_off() => return Ok(None),
            read => read?,
        };
        let _place = places.take(place)?;
        self.turns.wait(place).await.map_err(|TooLong| Refusal::Overloaded(Shortage::Scheduler))?;
        let (shared, turns, context) = (self.shared, self.turns, self.context(app, admitted));
        let decide = || {
            let event = Event::read(&shared.hooks, place, read, settings.bounds(), context).map_err(Refusal::Body)?;
            Ok((shared.answering)(event))
        };
        let later = Rc::clone(turns);
        let result = turns.spend(place, || error_boundary::catch(decide));
        let answered = match result {
            Ok(Ok(Answered::Now(reply))) => Ok(reply),
            Ok(Ok(Answered::Later(reply))) => tokio::select! {
                biased;
                answered = error_boundary::catch_later(Box::pin(async move { later.spend_later(reply).await })) => answered,
                () = body.gone() => return Ok(None),
            },
            Ok(Err(refusal)) => return Err(refusal),
            Err(panicked) => Err(panicked),
        };
        answered.map(Some).map_err(|error_boundary::Panicked| {
            shared.counters.panics.fetch_add(1, Ordering::Relaxed);
            Refusal::Panicked
        })
    }

    /// Whether this address may call now.
    fn admit_caller(&self) -> Result<(), Refusal> {
        let Some(callers) = &self.shared.callers else { return Ok(()) };
        let Some(origin) = self.shared.gates.now().for_all().origin(&self.presented()) else { return Ok(()) };
        callers.admit(origin, Instant::now()).map_err(|wait| {
            Refusal::TooManyRequests(wait.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX).max(1))
        })
    }

    fn presented(&self) -> auth::Head<'_> {
        presented(self.caller, self.head)
    }

    /// Who may come in; the log has why not.
    async fn admit(&self, route: &Route, hook: &'a Hook) -> Result<Admitted, Refused<'a>> {
        // "Save & test" on the platform's screen is how all this is set up, so that it is told everything.
        let is_probe = hook.kind == Kind::Probe;
        let judged = self.shared.gates.now().of(route).judge(self.presented(), self.now, is_probe).await;
        let refused = judged.outcome.as_ref().err().copied();
        self.shared.counters.judged(&judged.verdicts, refused);
        let Judged { outcome, verdicts } = judged;
        match outcome {
            Ok(admitted) => {
                line::verdicts(&hook.name, &verdicts, is_probe, &self.id);
                if is_probe {
                    self.remember(hook, verdicts);
                }
                Ok(admitted)
            }
            Err(reason) => Err(Refused { refusal: Refusal::Caller(reason), hook: Some(hook), verdicts }),
        }
    }

    /// Remembers a call of "save & test" that comes in.
    fn remember(&self, hook: &Hook, verdicts: Vec<Verdict>) {
        let from = self.shared.gates.now().for_all().origin(&self.presented());
        let (at, id, hook) = (self.now, self.id.clone(), hook.name.clone());
        self.shared.counters.newest.note(NewestCall { at, id, from, hook, above: None, refusal: None, verdicts });
    }

    /// Whether it is a call that can be read, as far as the head says.
    fn is_call(&self) -> Result<(), Refusal> {
        if self.head.method != Method::POST {
            return Err(Refusal::MethodNotAllowed);
        }
        let is_plain = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
        if self.head.headers.get(CONTENT_ENCODING).is_some_and(|encoding| !is_plain(encoding)) {
            return Err(Refusal::EncodingNotSupported);
        }
        Ok(())
    }

    fn context(self, app: Option<String>, admitted: Admitted) -> Context {
        let Admitted { token, caller, bearer } = admitted;
        let calendar = self.shared.settings.calendar.clone();
        Context { id: self.id, now: self.now, calendar, app, token, caller, bearer, trace: trace(&self.head.headers) }
    }
}

/// The trace that a request says it belongs to. With two of them it belongs to none that could be told.
fn trace(headers: &HeaderMap) -> Option<Arc<Trace>> {
    let mut parents = headers.get_all("traceparent");
    let parent = parents.next().filter(|_| parents.next().is_none())?.to_str().ok()?;
    // A list that stands in several headers is one list (RFC 9110, 5.3).
    let states: Vec<&str> = headers.get_all("tracestate").filter_map(|state| state.to_str().ok()).collect();
    Trace::read(parent, &states.join(",")).map(Arc::new)
}
