//! The answers of the way in: where a browser is sent next.

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER, SET_COOKIE};

/// Why somebody was not let in; the page of the login has a sentence for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// The name or the password.
    Wrong,
    /// Too many were wrong.
    Limited,
    /// It took too long, was done before, or began in another browser.
    Ended,
    /// The provider does not answer, or answers something that cannot be believed.
    Provider,
    /// The provider knows the person, and no right is given.
    Rights,
    /// The key of a link.
    Key,
}

impl Why {
    pub(super) fn code(self) -> &'static str {
        match self {
            Why::Wrong => "wrong",
            Why::Limited => "limited",
            Why::Ended => "ended",
            Why::Provider => "provider",
            Why::Rights => "rights",
            Why::Key => "key",
        }
    }
}

/// Back to the login.
pub(super) fn to_login(why: Why, cookies: &[String]) -> HttpResponse {
    let mut answer = to(&format!("/console/login?why={}", why.code()), cookies);
    if why == Why::Limited {
        answer.headers_mut().insert(RETRY_AFTER, actix_web::http::header::HeaderValue::from_static("300"));
    }
    answer
}

/// Another address, asked for by GET.
pub(super) fn to(address: &str, cookies: &[String]) -> HttpResponse {
    let mut answer = HttpResponse::SeeOther();
    answer.insert_header((LOCATION, address));
    cookies.iter().for_each(|cookie| {
        answer.append_header((SET_COOKIE, cookie.as_str()));
    });
    answer.finish()
}

/// A page of ours that leads to the console, in place of a redirect. A browser that comes from another site would follow a
/// redirect on that site's behalf, and keep the cookie of the session back (`SameSite=Strict`); what a page of ours
/// asks for, it asks for itself.
pub(super) fn step_to_console(cookies: &[String]) -> HttpResponse {
    const PAGE: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>hookgate</title>\
                        <meta http-equiv=\"refresh\" content=\"0;url=/console\"></head>\
                        <body><p><a href=\"/console\">Open the console</a></p></body></html>\n";
    let mut answer = HttpResponse::Ok();
    answer.insert_header((CONTENT_TYPE, "text/html; charset=utf-8"));
    cookies.iter().for_each(|cookie| {
        answer.append_header((SET_COOKIE, cookie.as_str()));
    });
    answer.body(PAGE)
}

/// What a visitor is told whose form lacks the word of the session.
pub(super) fn unproven() -> HttpResponse {
    const TOLD: &str =
        "This page is older than your login, so that it was not taken. Open the page again and repeat what you did.\n";
    HttpResponse::Forbidden().insert_header((CONTENT_TYPE, "text/plain; charset=utf-8")).body(TOLD)
}
