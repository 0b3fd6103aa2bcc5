//! The deliveries: stored before an answer leaves, brought afterwards, and never lost in between.

mod appendable;
mod clock;
mod consigned;
mod courier;
mod embedded;
mod embedded_file;
mod embedded_scrub;
mod envelope;
mod file;
mod http;
mod identity;
mod locked;
mod loss;
mod measured;
#[cfg(feature = "nats")]
mod nats;
#[cfg(feature = "nats")]
mod nats_dial;
#[cfg(feature = "nats")]
mod nats_link;
#[cfg(feature = "nats")]
mod nats_trouble;
mod opening;
#[expect(clippy::module_inception, reason = "the room is named after what the file holds")]
mod outbox;
mod parcel;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "postgres")]
mod postgres_claim;
#[cfg(feature = "postgres")]
mod postgres_clock;
#[cfg(feature = "postgres")]
mod postgres_options;
#[cfg(feature = "postgres")]
mod postgres_put;
#[cfg(feature = "postgres")]
mod postgres_sessions;
#[cfg(feature = "postgres")]
mod postgres_table;
#[cfg(feature = "postgres")]
mod postgres_trouble;
#[cfg(feature = "postgres")]
mod postgres_writer;
mod probe;
mod receiver;
mod recent;
mod retry;
mod seal;
mod settings;
mod signature;
mod stock;
mod store;
mod strangers;
mod table;
mod trial;
mod wal_index;

pub use consigned::Consigned;
pub use courier::{Courier, Step};
pub use embedded::{Embedded, NotBegun, Place};
pub use embedded_scrub::scrub;
pub use identity::{identity, stream};
pub use opening::{open, seal, store};
pub use outbox::Outbox;
pub use parcel::{Body, Consignment, NewParcel, Parcel, Passing};
pub use probe::probe;
pub use receiver::{Opened, Receiver};
pub use retry::{Attempt, Failed, Schedule, next};
pub use seal::{NoSeal, Seal};
pub use settings::{
    Destination, FileTarget, Format, HttpMethod, HttpTarget, NatsTarget, PostgresStore, Settings, StoreAt, Target,
};
pub use signature::Signature;
pub use store::{Change, Claim, Claimed, Count, Fate, Row, Settled, Store, Trouble, Wanted};
