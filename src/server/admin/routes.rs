//! The handler of all admin requests: checks the token and calls the page.

use actix_web::http::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse};
use jiff::Timestamp;
use serde_json::json;

use super::callers::callers;
use super::console::Console;
use super::json::json_answer;
use super::metrics::{CONTENT, metrics};
use super::origin_check::OriginCheck;
use super::ready::readiness;
use super::reload::reload;
use super::rollback::rollback;
use super::rules::rules;
use super::token::Token;
use super::watched::Watched;
use crate::diagnostic::escaped_page;

/// What answers.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) watched: Watched,
    pub(super) token: Token,
    pub(super) origin_check: OriginCheck,
    pub(super) console: Option<Console>,
}

/// Every page with the method it is asked by, and whether it needs the token: probes cannot carry one easily.
const PAGES: [(&str, Method, bool); 7] = [
    ("/live", Method::GET, false),
    ("/ready", Method::GET, false),
    ("/metrics", Method::GET, true),
    ("/rules", Method::GET, true),
    ("/callers", Method::GET, true),
    ("/reload", Method::POST, true),
    ("/rollback", Method::POST, true),
];

/// Answers a question, whatever it is.
pub(super) async fn answer(desk: &Desk, request: &HttpRequest) -> HttpResponse {
    let Desk { watched, token, origin_check, .. } = desk;
    let is_known = token.is_known(request.headers());
    let page = PAGES.iter().find(|(path, ..)| *path == request.path());
    let is_probe = page.is_some_and(|(.., needs_token)| !needs_token);
    let is_trusted = is_known && token.is_set();
    // Who does not know the token learns nothing of what there is.
    if !is_known && !is_probe {
        return json_answer(StatusCode::UNAUTHORIZED, &json!({ "code": "TokenMissing" }));
    }
    if let Some(refused) = origin_check.refuses_program(request, is_trusted).filter(|_| !is_probe) {
        return refused;
    }
    let from = request.peer_addr().map(|peer| peer.ip().to_canonical());
    let Some((path, method, _)) = page else {
        return json_answer(StatusCode::NOT_FOUND, &json!({ "code": "UnknownPage" }));
    };
    if request.method() != method {
        let mut answer = json_answer(StatusCode::METHOD_NOT_ALLOWED, &json!({ "code": "MethodNotAllowed" }));
        answer
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static(if method == Method::POST { "POST" } else { "GET" }));
        return answer;
    }
    match *path {
        "/live" => json_answer(StatusCode::OK, &json!({ "live": true })),
        "/ready" => {
            let (is_ready, readiness) = readiness(watched, is_known).await;
            json_answer(if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, &readiness)
        }
        "/metrics" => match metrics(watched).await {
            Ok(page) => {
                HttpResponse::Ok().insert_header((CONTENT_TYPE, CONTENT)).body(escaped_page(&page).into_owned())
            }
            Err(_) => json_answer(StatusCode::INTERNAL_SERVER_ERROR, &json!({ "code": "InternalError" })),
        },
        "/rules" => json_answer(StatusCode::OK, &rules(watched, Timestamp::now())),
        "/callers" => json_answer(StatusCode::OK, &callers(watched, Timestamp::now())),
        "/rollback" => {
            let (status, rolled_back) = rollback(watched, request.query_string(), from).await;
            json_answer(status, &rolled_back)
        }
        _ => {
            let (status, reloaded) = reload(watched, request.query_string(), from).await;
            json_answer(status, &reloaded)
        }
    }
}
