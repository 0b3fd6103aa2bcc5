//! One handler for every request: from its path to a hook, from its body to an event, from the reply to an answer.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use actix_web::HttpRequest;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderValue, UPGRADE};
use jiff::Timestamp;

use super::auth::{Admitted, Head};
use super::body::Incoming;
use super::door::Door;
use super::head;
use super::id::Ids;
use super::peer::PeerCertificate;
use super::reaper::Connection;
use super::refusal::{Refusal, Shortage};
use super::requests::Outcome;
use super::turns::{TooLong, Turns};
use super::visit::Visit;
use super::{answer, app, guard, line};
use crate::event::{Context, Event, Hook, Kind, Trace};
use crate::gateway::{Answered, Reply};

/// What one worker thread has of its own.
#[derive(Debug)]
pub(super) struct Worker {
    pub(super) door: Arc<Door>,
    pub(super) ids: Ids,
    pub(super) turns: Rc<Turns>,
}

impl Worker {
    pub(super) fn new(door: Arc<Door>) -> Self {
        let wait_limit = Duration::from_millis(door.settings.wait_limit_ms);
        let turns = Rc::new(Turns::new(door.hooks.rows.len(), wait_limit));
        Self { door, ids: Ids::default(), turns }
    }
}

/// Answers a request, whatever it is.
pub(super) async fn receive(
    worker: Rc<Worker>,
    connection: &Connection,
    request: ServiceRequest,
) -> Result<ServiceResponse, actix_web::Error> {
    let door = &*worker.door;
    let now = Timestamp::now();
    let id = worker.ids.next(now).to_string();
    // A UUID's text is always a header's text.
    let id_header = HeaderValue::from_str(&id).unwrap_or_else(|_| HeaderValue::from_static(""));
    let (request, payload) = request.into_parts();
    let visit = Visit::begin(door, connection);
    let call = Call { door, turns: &worker.turns, request: &request, now, id };
    let mut body = Incoming::new(payload, &door.memory);
    let response = match call.answer(&visit, &mut body).await {
        Ok(reply) => {
            visit.ends(Outcome::of_status(reply.status));
            answer::reply(reply, id_header)
        }
        Err((refusal, hook)) => {
            visit.ends(Outcome::of_refusal(refusal));
            let count = door.counters.refuse(refusal);
            line::refused(hook, refusal, count, id_header.to_str().unwrap_or_default());
            // Of broken framing nothing more can be read, and the HTTP library does not wait for a second look.
            if refusal != Refusal::BodyBroken {
                body.skip().await;
            }
            answer::refusal(refusal, id_header)
        }
    };
    drop(visit);
    Ok(ServiceResponse::new(request, response))
}

/// A request on its way to an answer.
struct Call<'a> {
    door: &'a Door,
    turns: &'a Rc<Turns>,
    request: &'a HttpRequest,
    now: Timestamp,
    id: String,
}

impl<'a> Call<'a> {
    async fn answer(self, visit: &Visit<'_>, body: &mut Incoming<'_>) -> Result<Reply, (Refusal, Option<&'a str>)> {
        let uri = self.request.uri();
        head::measure(self.request, &self.door.settings).map_err(|refusal| (refusal, None))?;
        self.admit_caller().map_err(|refusal| (refusal, None))?;
        let Some(route) = self.door.routes.find(uri.path()) else {
            return Err((Refusal::UnknownHook, None));
        };
        visit.is_for(route.hook);
        let hook = self.door.hook(route.hook).ok_or((Refusal::UnknownHook, None))?;
        let app = app::id(route.app, uri.query());
        self.answer_hook((route.hook, hook), app, body).await.map_err(|refusal| (refusal, Some(&*hook.name)))
    }

    async fn answer_hook(
        self,
        (place, hook): (usize, &Hook),
        app: Option<String>,
        body: &mut Incoming<'_>,
    ) -> Result<Reply, Refusal> {
        let admitted = self.admit(hook).await?;
        self.is_call()?;
        let Door { settings, places, .. } = self.door;
        places.look(place)?;
        let body = body.read(self.declared(), settings.body_limit_bytes, self.door.body_time_limit).await?;
        let _place = places.take(place)?;
        self.turns.wait(place).await.map_err(|TooLong| Refusal::Overloaded(Shortage::Turns))?;
        let (door, turns, context) = (self.door, self.turns, self.context(app, admitted));
        let decide = || {
            let event = Event::read(&door.hooks, place, body, settings.bounds(), context).map_err(Refusal::Body)?;
            Ok((door.answering)(event))
        };
        let later = Rc::clone(turns);
        let result = turns.spend(place, || guard::catch(decide));
        let answered = match result {
            Ok(Ok(Answered::Now(reply))) => return Ok(reply),
            Ok(Ok(Answered::Later(reply))) => {
                guard::catch_later(Box::pin(async move { later.spend_later(reply).await })).await
            }
            Ok(Err(refusal)) => return Err(refusal),
            Err(panicked) => Err(panicked),
        };
        answered.map_err(|guard::Panicked| {
            door.counters.panics.fetch_add(1, Ordering::Relaxed);
            Refusal::Panicked
        })
    }

    /// Whether this address may call now.
    fn admit_caller(&self) -> Result<(), Refusal> {
        let Some(callers) = &self.door.callers else { return Ok(()) };
        let Some(origin) = self.door.gate.now().origin(&self.head()) else { return Ok(()) };
        callers.admit(origin, Instant::now()).map_err(|wait| {
            Refusal::TooManyRequests(wait.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX).max(1))
        })
    }

    fn head(&self) -> Head<'_> {
        Head {
            headers: self.request.headers(),
            peer: self.request.peer_addr().map(|peer| peer.ip()),
            certificate: self.request.conn_data::<PeerCertificate>(),
        }
    }

    /// Who may come in; the log has why not.
    async fn admit(&self, hook: &Hook) -> Result<Admitted, Refusal> {
        // "Save & test" on the platform's screen is how all this is set up, so that it is told everything.
        let is_probe = hook.kind == Kind::Probe;
        let judged = self.door.gate.now().judge(self.head(), self.now, is_probe).await;
        let refused = judged.outcome.as_ref().err().copied();
        self.door.counters.judged(&judged.verdicts, refused);
        line::verdicts(&hook.name, &judged.verdicts, is_probe || refused.is_some(), &self.id);
        judged.outcome.map_err(Refusal::Caller)
    }

    /// Whether it is a call that can be read, as far as the head says.
    fn is_call(&self) -> Result<(), Refusal> {
        if self.request.method() != Method::POST {
            return Err(Refusal::MethodNotAllowed);
        }
        let headers = self.request.headers();
        let is_plain = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
        if headers.get(CONTENT_ENCODING).is_some_and(|encoding| !is_plain(encoding)) {
            return Err(Refusal::EncodingNotSupported);
        }
        // The HTTP library takes all that follows such a head for its body, whatever length it declares.
        let is_websocket = |value: &HeaderValue| value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"websocket");
        if headers.get_all(UPGRADE).any(is_websocket) {
            return Err(Refusal::UpgradeNotSupported);
        }
        Ok(())
    }

    /// The body's length as the head says; the HTTP library has refused what is no number.
    fn declared(&self) -> Option<u64> {
        self.request.headers().get(CONTENT_LENGTH)?.to_str().ok()?.trim().parse().ok()
    }

    fn context(self, app: Option<String>, admitted: Admitted) -> Context {
        let Admitted { token, caller, bearer } = admitted;
        let calendar = self.door.settings.calendar.clone();
        Context { id: self.id, now: self.now, calendar, app, token, caller, bearer, trace: trace(self.request) }
    }
}

/// The trace that a request says it belongs to. With two of them it belongs to none that could be told.
fn trace(request: &HttpRequest) -> Option<Arc<Trace>> {
    let headers = request.headers();
    let mut parents = headers.get_all("traceparent");
    let parent = parents.next().filter(|_| parents.next().is_none())?.to_str().ok()?;
    // A list that stands in several headers is one list (RFC 9110, 5.3).
    let states: Vec<&str> = headers.get_all("tracestate").filter_map(|state| state.to_str().ok()).collect();
    Trace::read(parent, &states.join(",")).map(Arc::new)
}
