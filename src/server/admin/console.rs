//! What stands under `/console`: the origin check, the login, and then the pages, all with security headers.

use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};

use super::forms::{Forms, Sender, Unread};
use super::login::{Login, guard};
use super::site::{CONSOLE, Site, Visit};

/// The console of one gateway.
#[derive(Debug)]
pub(super) struct Console {
    pub(super) login: Login,
    /// Whether browsers reach it by `https`.
    pub(super) is_secure: bool,
    /// Its pages.
    pub(super) site: Arc<dyn Site>,
    /// What is sent to them.
    pub(super) forms: Forms,
}

/// Whether a path is one of the console's.
pub(super) fn is_console(path: &str) -> bool {
    path.strip_prefix(CONSOLE).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Console {
    /// Answers a request whose path is one of the console's.
    pub(super) async fn answer(&self, request: &HttpRequest, payload: Payload) -> HttpResponse {
        let mut answer = self.answer_bare(request, payload).await;
        guard(&mut answer, self.is_secure);
        answer
    }

    async fn answer_bare(&self, request: &HttpRequest, payload: Payload) -> HttpResponse {
        if let Some(refused) = self.login.refused(request) {
            return refused;
        }
        let visitor = self.login.visitor(request);
        let visit = Visit { request: request.clone(), body: Bytes::new(), visitor, ways: self.login.ways() };
        if request.method() != Method::POST {
            return self.answer_whole(visit).await;
        }
        // Whoever may not send it does not make the gateway read it.
        if let Some(refused) = self.site.refused(&visit).filter(|_| !self.login.takes(request)) {
            return refused;
        }
        let sender = if visit.visitor.is_some() { Sender::Visitor } else { Sender::Stranger };
        match self.forms.read(request, payload, sender).await {
            Err(unread) => Unread::into_response(unread),
            Ok(form) => self.answer_whole(Visit { body: form.body.clone(), ..visit }).await,
        }
    }

    async fn answer_whole(&self, visit: Visit) -> HttpResponse {
        if let Some(refused) = self.login.unproven(&visit.request, &visit.body, visit.visitor.as_ref()) {
            return refused;
        }
        if let Some(answer) = self.login.answer(&visit.request, &visit.body).await {
            return answer;
        }
        Arc::clone(&self.site).answer(visit).await
    }
}
