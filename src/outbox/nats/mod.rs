//! The receiver that publishes deliveries to NATS JetStream.

#[cfg(feature = "nats")]
mod dial;
#[cfg(feature = "nats")]
mod link;
mod open;
#[cfg(feature = "nats")]
mod receiver;
mod settings;
#[cfg(feature = "nats")]
mod trouble;

pub use open::KIND;
