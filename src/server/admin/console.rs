//! What stands under `/console`: the door, the way in, and then the pages, all with the headers of security.

use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, BytesMut};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::StreamExt as _;
use serde_json::json;
use tokio::time::timeout;

use super::login::{Login, guard};
use super::site::{CONSOLE, Site, Visit};
use super::told::told;

/// Largest form, in bytes: it may have a rule file and a request to try. And how long it may take to arrive.
const BODY_LIMIT_BYTES: usize = 4 << 20;
const BODY_LIMIT: Duration = Duration::from_secs(10);

/// The console of one gateway.
#[derive(Debug)]
pub(super) struct Console {
    pub(super) login: Login,
    /// Whether browsers reach it by `https`.
    pub(super) is_secure: bool,
    /// Its pages.
    pub(super) site: Arc<dyn Site>,
}

/// Whether a path is one of the console's.
pub(super) fn is_console(path: &str) -> bool {
    path.strip_prefix(CONSOLE).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Console {
    /// Answers a request whose path is one of the console's.
    pub(super) async fn answer(&self, request: &HttpRequest, payload: Payload) -> HttpResponse {
        let mut answer = match read(payload).await {
            Ok(body) => self.answer_whole(request, body).await,
            Err(status) => told(status, &json!({ "code": "FormRefused" })),
        };
        guard(&mut answer, self.is_secure);
        answer
    }

    async fn answer_whole(&self, request: &HttpRequest, body: Bytes) -> HttpResponse {
        let visitor = self.login.visitor(request);
        if let Some(refused) =
            self.login.refused(request).or_else(|| self.login.unproven(request, &body, visitor.as_ref()))
        {
            return refused;
        }
        if let Some(answer) = self.login.answer(request, &body).await {
            return answer;
        }
        let visit = Visit { request: request.clone(), body, visitor, ways: self.login.ways() };
        Arc::clone(&self.site).answer(visit).await
    }
}

/// The whole body.
async fn read(mut payload: Payload) -> Result<Bytes, StatusCode> {
    let whole = async {
        let mut body = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| StatusCode::BAD_REQUEST)?;
            if body.len() + chunk.len() > BODY_LIMIT_BYTES {
                return Err(StatusCode::PAYLOAD_TOO_LARGE);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    };
    timeout(BODY_LIMIT, whole).await.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT))
}
