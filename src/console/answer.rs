//! What a page answers, and how it becomes a response.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION};
use maud::Markup;

use super::frame;
use super::live::Events;
use super::screen::Screen;
use crate::server::Visitor;

/// What a page answers.
pub(super) enum Answer {
    /// A whole page, below its frame.
    Page { screen: Screen, title: String, body: Markup },
    /// A page that is no screen, such as that of the login.
    Outside { title: String, body: Markup },
    /// A part of a page that a module puts in its place.
    Part(Markup),
    /// Another page, which the browser asks for then.
    Moved(String),
    /// Parts that come as they change.
    Events(Events),
    /// A text to keep, under this name.
    File { name: String, text: String },
    /// Nothing was done; why, and what the reader can do.
    Refused { status: StatusCode, what: String, help: String },
}

impl Answer {
    /// A page of a screen, under the screen's own name.
    pub fn page(screen: Screen, body: Markup) -> Self {
        Self::Page { screen, title: screen.name().to_owned(), body }
    }

    /// Nothing is there; what was looked for, and what the reader can do.
    pub fn not_found(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Refused { status: StatusCode::NOT_FOUND, what: what.into(), help: help.into() }
    }

    /// What was asked for cannot be done.
    pub fn refused(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Refused { status: StatusCode::UNPROCESSABLE_ENTITY, what: what.into(), help: help.into() }
    }

    /// What is sent to this visitor.
    pub fn into_response(self, visitor: Option<&Visitor>) -> HttpResponse {
        let html = |status: StatusCode, markup: Markup| {
            HttpResponse::build(status)
                .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
                .body(markup.into_string())
        };
        match self {
            Self::Page { screen, title, body } => {
                html(StatusCode::OK, frame::page(visitor, Some(screen), &title, &body))
            }
            Self::Outside { title, body } => html(StatusCode::OK, frame::page(visitor, None, &title, &body)),
            Self::Part(body) => html(StatusCode::OK, body),
            Self::Moved(to) => HttpResponse::SeeOther().insert_header((LOCATION, to)).finish(),
            Self::Events(events) => events.into_response(),
            Self::File { name, text } => HttpResponse::Ok()
                .insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"))
                .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
                .body(text),
            Self::Refused { status, what, help } => html(status, frame::refusal(visitor, &what, &help)),
        }
    }
}
