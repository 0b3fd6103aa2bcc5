//! The receiver that writes deliveries to a file.

mod appendable;
mod open;
mod receiver;
mod settings;

pub use appendable::appendable;
pub use open::KIND;
pub use settings::FileTarget;
