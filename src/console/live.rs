//! Server-sent events: parts of a page that are sent again as they change, until the session ends.

use std::future::ready;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::Bytes;
use futures_util::stream::{self, Stream, StreamExt as _};
use maud::Markup;
use tokio::time::Instant;

use super::asked::Asked;
use crate::server::{STREAM_LIMIT, Visitor};

/// Streams at once of one session. Further ones are refused, and their pages are loaded again by hand.
const SESSION_LIMIT: usize = 12;
/// Streams at once of all visitors without a session, whom nobody knows apart.
const STRANGERS_LIMIT: usize = 4;
/// How long a stream of such a visitor lasts: a page that is looked at asks again.
const STRANGERS_TIME: Duration = Duration::from_mins(5);
/// After so long without a change something is sent all the same: a peer that is gone is noticed.
const HEARTBEAT_TICKS: u32 = 10;

static STREAMS: LazyLock<Arc<AtomicUsize>> = LazyLock::new(Arc::default);
static OF_STRANGERS: LazyLock<Arc<AtomicUsize>> = LazyLock::new(Arc::default);

/// A place among streams, which is free again when this is dropped.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(among: &Arc<AtomicUsize>, limit: usize) -> Option<Self> {
        let taken = among.fetch_add(1, Ordering::Relaxed);
        let place = Self(Arc::clone(among));
        (taken < limit).then_some(place)
    }

    /// One among all streams, and one among those of the session, or of the visitors without one.
    fn of(visitor: Option<&Visitor>) -> Option<[Self; 2]> {
        let own = match visitor {
            Some(visitor) => Self::take(visitor.streams(), SESSION_LIMIT),
            None => Self::take(&OF_STRANGERS, STRANGERS_LIMIT),
        };
        Some([own?, Self::take(&STREAMS, STREAM_LIMIT)?])
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Whether a stream goes on that was opened then.
fn goes_on(visitor: Option<&Visitor>, began: Instant) -> bool {
    visitor.map_or_else(|| began.elapsed() < STRANGERS_TIME, Visitor::is_live)
}

/// An event: the part of the page that it is for, and what stands there now.
pub(super) struct Event {
    pub part: &'static str,
    pub body: Markup,
}

/// Events as they come; none where there are too many streams.
pub(super) struct Events(Option<Pin<Box<dyn Stream<Item = Bytes>>>>);

impl Events {
    /// Asks for events every `period`, and sends those that it gets, until the visitor's session ends; for some minutes to a
    /// visitor without one.
    pub fn every(period: Duration, asked: &Asked, mut next: impl FnMut() -> Vec<Event> + 'static) -> Self {
        let Some(places) = Place::of(asked.visitor.as_ref()) else { return Self(None) };
        let (visitor, began) = (asked.visitor.clone(), Instant::now());
        let mut silent = 0;
        let ticks = stream::unfold(places, move |places| async move {
            tokio::time::sleep(period).await;
            Some(((), places))
        });
        let going = ticks.take_while(move |()| ready(goes_on(visitor.as_ref(), began)));
        let texts = going.filter_map(move |()| {
            let text: String = next().iter().map(text).collect();
            silent = if text.is_empty() { (silent + 1) % HEARTBEAT_TICKS } else { 0 };
            let text = if text.is_empty() && silent == 0 { ":\n\n".to_owned() } else { text };
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

    #[tokio::test(start_paused = true)]
    async fn a_stream_of_a_visitor_without_a_session_ends() {
        let began = Instant::now();
        tokio::time::advance(Duration::from_secs(299)).await;
        assert!(goes_on(None, began));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(!goes_on(None, began));
    }
}
