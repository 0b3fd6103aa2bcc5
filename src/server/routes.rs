//! One handler for every request: from its path to a hook, from its body to an event, from the reply to an answer.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use actix_web::HttpRequest;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, HeaderValue, UPGRADE};
use jiff::Timestamp;
use secrecy::SecretString;

use super::body::Incoming;
use super::door::Door;
use super::id::Ids;
use super::reaper::Connection;
use super::refusal::Refusal;
use super::requests::Outcome;
use super::visit::Visit;
use super::{answer, app, guard, line};
use crate::event::{Context, Event, Hook, Value};
use crate::gateway::{Answered, Reply};

/// What one worker thread has of its own.
#[derive(Debug)]
pub(super) struct Worker {
    pub(super) door: Arc<Door>,
    pub(super) ids: Ids,
}

/// Answers a request, whatever it is.
pub(super) async fn receive(worker: Rc<Worker>, request: ServiceRequest) -> Result<ServiceResponse, actix_web::Error> {
    let door = &*worker.door;
    let now = Timestamp::now();
    let id = worker.ids.next(now).to_string();
    // A UUID's text is always a header's text.
    let id_header = HeaderValue::from_str(&id).unwrap_or_else(|_| HeaderValue::from_static(""));
    let (request, payload) = request.into_parts();
    let visit = Visit::begin(door, request.conn_data::<Arc<Connection>>().map(|connection| &**connection));
    let call = Call { door, request: &request, now, id };
    let mut body = Incoming::new(payload);
    let response = match call.answer(&visit, &mut body).await {
        Ok(reply) => {
            visit.ends(Outcome::of_status(reply.status));
            answer::reply(reply, id_header)
        }
        Err((refusal, hook)) => {
            visit.ends(Outcome::of_refusal(refusal));
            door.requests.refused(refusal.code());
            line::refused(hook, refusal, id_header.to_str().unwrap_or_default());
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
    request: &'a HttpRequest,
    now: Timestamp,
    id: String,
}

impl<'a> Call<'a> {
    async fn answer(self, visit: &Visit<'_>, body: &mut Incoming) -> Result<Reply, (Refusal, Option<&'a str>)> {
        if visit.others() >= self.door.settings.request_limit {
            self.door.counters.shed.fetch_add(1, Ordering::Relaxed);
            return Err((Refusal::Overloaded, None));
        }
        let uri = self.request.uri();
        let Some(route) = self.door.routes.find(uri.path()) else {
            return Err((Refusal::UnknownHook, None));
        };
        visit.is_for(route.hook);
        let hook = self.door.hook(route.hook).ok_or((Refusal::UnknownHook, None))?;
        let app = app::id(route.app, uri.query());
        self.answer_hook(route.hook, hook, app, body).await.map_err(|refusal| (refusal, Some(&*hook.name)))
    }

    async fn answer_hook(
        self,
        place: usize,
        hook: &Hook,
        app: Option<String>,
        body: &mut Incoming,
    ) -> Result<Reply, Refusal> {
        self.admit()?;
        let Door { settings, .. } = self.door;
        let body = body.read(self.declared(), settings.body_limit_bytes, self.door.body_time_limit).await?;
        let (door, context) = (self.door, self.context(app));
        let result = guard::catch(move || {
            let event = Event::read(place, hook.kind, body, settings.depth_limit, context).map_err(Refusal::Body)?;
            Ok((door.answering)(event))
        });
        let answered = match result {
            Ok(Ok(Answered::Now(reply))) => return Ok(reply),
            Ok(Ok(Answered::Later(reply))) => guard::catch_later(reply).await,
            Ok(Err(refusal)) => return Err(refusal),
            Err(panicked) => Err(panicked),
        };
        answered.map_err(|guard::Panicked| {
            door.counters.panics.fetch_add(1, Ordering::Relaxed);
            Refusal::Panicked
        })
    }

    /// What the head alone decides.
    fn admit(&self) -> Result<(), Refusal> {
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

    fn bearer(&self) -> Option<SecretString> {
        let (scheme, token) = self.request.headers().get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().into())
    }

    fn context(self, app: Option<String>) -> Context {
        let bearer = self.bearer();
        let address = self.request.peer_addr().map_or(Value::Null, |peer| Value::text(peer.ip().to_string()));
        Context {
            id: self.id,
            now: self.now,
            zone: self.door.settings.time_zone.clone(),
            app,
            token: Value::Null,
            caller: Value::Map(vec![(Cow::Borrowed("address"), address)]),
            bearer,
        }
    }
}
