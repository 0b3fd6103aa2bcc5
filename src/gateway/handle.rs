//! An event in, a reply out.

use crate::event::{Event, Hooks};

/// What goes back to the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status: 200, or 503 when the hook's `on_failure` says `unavailable`.
    pub status: u16,
    /// A JSON object.
    pub body: String,
}

/// Everything that answers events.
#[derive(Debug)]
pub struct Gateway {
    pub hooks: Hooks,
}

impl Gateway {
    /// Decides an event and says what to answer.
    #[must_use]
    pub fn handle(&self, event: &Event) -> Reply {
        let _ = event;
        Reply { status: 200, body: "{\"response\":{}}".to_owned() }
    }
}
