//! The receiver that sends deliveries over HTTP.

mod open;
mod receiver;
mod settings;
mod signature;

pub use open::KIND;
pub use signature::Signature;
