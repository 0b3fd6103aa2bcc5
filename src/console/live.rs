//! Server-sent events: parts of a page that are sent again as they change, until the session ends.

use std::future::ready;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::Bytes;
use futures_util::stream::{self, Stream, StreamExt as _};
use maud::Markup;

use super::asked::Asked;
use crate::server::Visitor;

/// Streams at once; further ones are refused, and their pages are loaded again by hand.
const STREAM_LIMIT: usize = 48;
/// After so long without a change something is sent all the same: a peer that is gone is noticed.
const HEARTBEAT_TICKS: u32 = 10;

static STREAMS: AtomicUsize = AtomicUsize::new(0);

/// A place among the streams.
struct Place;

impl Place {
    fn take() -> Option<Self> {
        let taken = STREAMS.fetch_add(1, Ordering::Relaxed);
        let place = Self;
        (taken < STREAM_LIMIT).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        STREAMS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// An event: the part of the page that it is for, and what stands there now.
pub(super) struct Event {
    pub part: &'static str,
    pub body: Markup,
}

/// Events as they come; none where there are too many streams.
pub(super) struct Events(Option<Pin<Box<dyn Stream<Item = Bytes>>>>);

impl Events {
    /// Asks for events every `period`, and sends those that it gets, until the visitor's session ends. A visitor without
    /// a session has streams that never end by themselves.
    pub fn every(period: Duration, asked: &Asked, mut next: impl FnMut() -> Vec<Event> + 'static) -> Self {
        let Some(place) = Place::take() else { return Self(None) };
        let visitor = asked.visitor.clone();
        let mut silent = 0;
        let ticks = stream::unfold(place, move |place| async move {
            tokio::time::sleep(period).await;
            Some(((), place))
        });
        let going = ticks.take_while(move |()| ready(visitor.as_ref().is_none_or(Visitor::is_live)));
        let texts = going.filter_map(move |()| {
            let text: String = next().iter().map(text).collect();
            silent = if text.is_empty() { silent + 1 } else { 0 };
            let text = if silent >= HEARTBEAT_TICKS { ":\n\n".to_owned() } else { text };
            if text == ":\n\n" {
                silent = 0;
            }
            ready((!text.is_empty()).then(|| Bytes::from(text)))
        });
        let ended = stream::iter([Bytes::from_static(b"event: ended\ndata:\n\n")]);
        Self(Some(Box::pin(texts.chain(ended))))
    }

    pub fn into_response(self) -> HttpResponse {
        match self.0 {
            Some(events) => HttpResponse::Ok()
                .insert_header((CONTENT_TYPE, "text/event-stream"))
                .insert_header((CACHE_CONTROL, "no-store"))
                .streaming(events.map(Ok::<_, std::convert::Infallible>)),
            None => HttpResponse::ServiceUnavailable().finish(),
        }
    }
}

/// An event as it is sent: each line of its HTML is a line of data.
fn text(event: &Event) -> String {
    let lines = event.body.0.split('\n').map(|line| format!("data: {}\n", line.trim_end_matches('\r')));
    format!("event: {}\n{}\n", event.part, lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use maud::{PreEscaped, html};

    use super::*;

    #[test]
    fn an_event_of_several_lines_stays_one() {
        let event = Event { part: "tiles", body: html! { p { "a" (PreEscaped("\n\n")) "event: x" } } };
        assert_eq!(text(&event), "event: tiles\ndata: <p>a\ndata: \ndata: event: x</p>\n\n");
    }
}
