//! The receiver that sends deliveries over HTTP.

mod receiver;
mod signature;

pub use receiver::HttpReceiver;
pub use signature::Signature;
