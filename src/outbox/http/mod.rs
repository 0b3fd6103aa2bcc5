//! Deliveries to a web server.

mod receiver;
mod signature;

pub use receiver::HttpReceiver;
pub use signature::Signature;
