//! The deliveries: stored before an answer leaves, brought afterwards, and never lost in between.

mod clock;
mod consigned;
mod courier;
mod delivery;
mod destination;
mod envelope;
mod file;
mod http;
mod identity;
mod locked;
mod metrics;
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
pub use destination::{DESTINATION, Destination, Target, destinations};
pub use file::FileTarget;
pub use http::Signature;
pub use identity::{identity, stream};
pub use opening::{seal, store};
pub use outbox::Outbox;
pub use probe::probe;
pub use receiver::{Opened, Receiver};
pub use retry::{Attempt, Failed, Schedule, next};
pub use seal::{NoSeal, Seal};
pub use settings::{PostgresStore, Settings, StoreAt};
pub use sqlite::{Embedded, NotBegun, Place, scrub};
pub use store::{Change, Claim, Claimed, Count, Fate, Row, Settled, Store, Trouble, Wanted};
