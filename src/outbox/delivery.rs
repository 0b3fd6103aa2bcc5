//! The types of deliveries: what one event sends together, and each delivery as it is stored.

use std::fmt;

/// What one event sends. It is stored whole or not at all.
#[derive(Clone, Debug)]
pub struct NewDeliveries {
    /// The event as a fingerprint: the same call again has the same.
    pub event: String,
    /// What it belongs to, its hook, person and application together, as a fingerprint. The same event again is a
    /// repetition only as long as no other event of its stream has come in between.
    pub stream: String,
    /// What tells it from the same event in the same millisecond; a part of its keys.
    pub nonce: String,
    pub hook: String,
    pub person: String,
    /// When the event came, in milliseconds since 1970.
    pub at_ms: i64,
    /// How long the same event is known again, in milliseconds.
    pub window_ms: i64,
    /// The trace it is a part of, as [`crate::event::Trace`] writes itself; empty without one.
    pub trace: String,
    pub deliveries: Vec<NewDelivery>,
}

/// One thing to send, before it is stored.
#[derive(Clone, Debug)]
pub struct NewDelivery {
    /// The destination's name.
    pub to: String,
    /// Deliveries with the same one arrive in order.
    pub ordering_key: String,
    pub body: Body,
}

/// What is sent: JSON, in plain or sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct Body {
    pub bytes: Vec<u8>,
    pub is_sealed: bool,
}

/// One thing to send, as it is stored.
#[derive(Clone, Debug)]
pub struct StoredDelivery {
    pub id: i64,
    /// The same at every attempt, so that a receiver can know what it has had.
    pub key: String,
    pub hook: String,
    pub person: String,
    pub to: String,
    pub ordering_key: String,
    pub body: Body,
    pub created_ms: i64,
    /// The trace of its event; empty without one.
    pub trace: String,
    /// Attempts that failed so far.
    pub attempts: u32,
}

impl NewDeliveries {
    /// The key of the delivery at `number`: of the same event again, where that is no repetition, it is another.
    #[must_use]
    pub fn key(&self, number: usize) -> String {
        format!("{}-{}-{number}", self.event, self.mark())
    }

    /// Which coming of the event it is: the same where it is stored a second time because nobody knows whether the first
    /// time counts.
    #[must_use]
    pub fn mark(&self) -> String {
        format!("{:x}{}", self.at_ms, self.nonce)
    }
}

/// An event that sends nothing. It ends the repetitions of what came before it in its stream.
#[derive(Clone, Debug)]
pub struct Passing {
    pub event: String,
    pub stream: String,
}

impl fmt::Debug for Body {
    /// Never shows what is in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes{})", self.bytes.len(), if self.is_sealed { ", sealed" } else { "" })
    }
}
