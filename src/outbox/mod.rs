//! Deliveries: stored before a reply leaves, sent afterwards, never lost in between.
//!
//! - What is a receiver, and what is a store? `receiver.rs`, `store.rs`, two traits; receivers: `http/`, `nats/`,
//!   `file/`; stores: `sqlite/`, `postgres/`.
//! - Which kinds of receivers are there? `destination/registry.rs`, a line each.
//! - How are deliveries stored? `outbox.rs`, `prepared.rs`; opened as gateway.yaml says: `opening.rs`.
//! - How do they arrive? `courier.rs`, one a destination, moved by `step(now)`; when again, and when no more:
//!   `retry.rs`; in which form: `envelope.rs`.
//! - When is an event a repetition? `identity.rs`, and `put` and `pass` of a store; which streams it may know:
//!   `recent.rs`.
//! - What becomes of bodies with secrets? `seal.rs`, or memory; what a stop loses: `metrics/loss.rs`.
//! - What if no key opens a body, or the clock is set back? `locked.rs`; `clock.rs` and `Store::straighten`.
//! - How do several gateways share an outbox? `postgres/`: stored together (`writer.rs`, `put.rs`), claimed by
//!   ordering key (`claim.rs`), by the database's clock (`clock.rs`).
//! - What does an operator do while it runs? `operator.rs`: find, send again, drop, pause.
//! - Can something be stored now? `probe.rs`, `store_probe.rs`.

mod clock;
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
mod operator;
#[expect(clippy::module_inception, reason = "the room is named after what the file holds")]
mod outbox;
#[cfg(feature = "postgres")]
mod postgres;
mod prepared;
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

pub use courier::{Courier, Step};
pub use delivery::{Body, NewDeliveries, NewDelivery, Passing, StoredDelivery};
pub use destination::{DESTINATION, Destination, Target, destinations};
pub use file::FileTarget;
pub use http::Signature;
pub use identity::{identity, stream};
pub use metrics::Depth;
pub use opening::{seal, store};
pub use operator::Waiting;
pub use outbox::Outbox;
pub use prepared::Prepared;
pub use probe::probe;
pub use receiver::{Opened, Receiver};
pub use retry::{Attempt, Failed, Schedule, next};
pub use seal::{NoSeal, Seal};
pub use settings::{PostgresStore, Settings, StoreAt};
pub use sqlite::{Embedded, NotBegun, Place, scrub};
pub use store::{Change, Claim, Claimed, Count, Fate, Row, Settled, Store, Trouble, Wanted};
