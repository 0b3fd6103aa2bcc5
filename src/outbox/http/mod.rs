//! Deliveries to a web server.

mod open;
mod receiver;
mod settings;
mod signature;

pub use open::KIND;
pub use signature::Signature;
