//! The receiver that publishes deliveries to NATS JetStream.

mod dial;
mod link;
mod receiver;
mod trouble;

pub use receiver::NatsReceiver;
