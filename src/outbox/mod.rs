//! Deliveries: stored before a reply leaves, sent afterwards, never lost in between.

mod clock;
mod consigned;
mod courier;
mod delivery;
mod envelope;
mod file;
mod http;
mod identity;
mod locked;
mod metrics;
#[cfg(feature = "nats")]
mod nats;
mod opening;
#[expect(clippy::module_inception, reason = "the room is named after what the file holds")]
mod outbox;
#[cfg(feature = "postgres")]
mod postgres;
mod probe;
mod receiver;
mod recent;
mod retry;
mod seal;
mod settings;
mod sqlite;
mod store;
mod store_probe;
mod strangers;

pub use consigned::Consigned;
pub use courier::{Courier, Step};
pub use delivery::{Body, Consignment, NewDelivery, Passing, StoredDelivery};
pub use http::Signature;
pub use identity::{identity, stream};
pub use opening::{open, seal, store};
pub use outbox::Outbox;
pub use probe::probe;
pub use receiver::{Opened, Receiver};
pub use retry::{Attempt, Failed, Schedule, next};
pub use seal::{NoSeal, Seal};
pub use settings::{
    Destination, FileTarget, Format, HttpMethod, HttpTarget, NatsTarget, PostgresStore, Settings, StoreAt, Target,
};
pub use sqlite::{Embedded, NotBegun, Place, scrub};
pub use store::{Change, Claim, Claimed, Count, Fate, Row, Settled, Store, Trouble, Wanted};
