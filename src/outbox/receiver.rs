//! A receiver, whatever it speaks: it is sent a parcel once, and what came of that attempt is told.

use std::fmt;

use futures_util::future::BoxFuture;

use super::parcel::Parcel;
use super::retry::Attempt;

/// What a receiver is sent: the parcel with its body opened.
#[derive(Clone)]
pub struct Opened<'p> {
    pub parcel: &'p Parcel,
    /// JSON: a text, or a mapping.
    pub body: &'p str,
}

impl fmt::Debug for Opened<'_> {
    /// Never shows the body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opened({:?})", self.parcel)
    }
}

/// Something that takes parcels.
pub trait Receiver: fmt::Debug + Send + Sync {
    /// One attempt. Time is limited by who calls it; what is dropped half way counts as failed.
    fn send<'s>(&'s self, opened: Opened<'s>) -> BoxFuture<'s, Attempt>;
}
