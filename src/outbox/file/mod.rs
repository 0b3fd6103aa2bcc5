//! Deliveries into a file of this machine, a line each.

mod appendable;
mod open;
mod receiver;
mod settings;

pub use appendable::appendable;
pub use open::KIND;
pub use settings::FileTarget;
