//! The deliveries: stored before an answer leaves, brought afterwards, and never lost in between.

mod courier;
mod embedded;
mod envelope;
mod file;
mod http;
mod identity;
#[cfg(feature = "nats")]
mod nats;
#[cfg(feature = "nats")]
mod nats_dial;
#[cfg(feature = "nats")]
mod nats_link;
#[cfg(feature = "nats")]
mod nats_trouble;
mod outbox;
mod parcel;
mod receiver;
mod retry;
mod seal;
mod settings;
mod signature;
mod store;
mod table;

pub use courier::{Courier, Step};
pub use embedded::{Embedded, Place};
pub use identity::identity;
pub use outbox::{Consigned, Outbox, store};
pub use parcel::{Body, Consignment, NewParcel, Parcel};
pub use receiver::{Opened, Receiver};
pub use retry::{Attempt, Failed, Schedule, next};
pub use seal::{NoSeal, Seal};
pub use settings::{
    Destination, FileTarget, Format, HttpMethod, HttpTarget, NatsTarget, PostgresStore, Settings, StoreAt, Target,
};
pub use signature::Signature;
pub use store::{Change, Claim, Claimed, Count, Fate, Row, Settled, Store, Trouble, Wanted};
