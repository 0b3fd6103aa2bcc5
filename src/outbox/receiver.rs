//! The trait of a receiver: it sends one delivery once and reports the result of that attempt.

use std::fmt;

use futures_util::future::BoxFuture;

use super::delivery::StoredDelivery;
use super::retry::Attempt;
use super::store::Trouble;
use crate::event::Trace;

/// What a receiver is sent: the delivery with its body opened.
#[derive(Clone)]
pub struct Opened<'p> {
    pub delivery: &'p StoredDelivery,
    /// JSON: a text, or a mapping.
    pub body: &'p str,
    /// The trace that this attempt belongs to.
    pub trace: Option<&'p Trace>,
}

impl fmt::Debug for Opened<'_> {
    /// Never shows the body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opened({:?})", self.delivery)
    }
}

/// Something that takes deliveries.
pub trait Receiver: fmt::Debug + Send + Sync {
    /// One attempt. Time is limited by who calls it; what is dropped half way counts as failed.
    fn send<'s>(&'s self, opened: Opened<'s>) -> BoxFuture<'s, Attempt>;

    /// Tries the way to it, without sending anything that could be taken for a delivery: what was found, in words. Time is
    /// limited by who calls it.
    fn probe(&self) -> BoxFuture<'_, Result<String, Trouble>> {
        Box::pin(async { Ok("opened; there is no way to try it without sending something".to_owned()) })
    }
}
