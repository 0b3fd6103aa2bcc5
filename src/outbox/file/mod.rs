//! The receiver that writes deliveries to a file.

mod appendable;
mod receiver;

pub use appendable::appendable;
pub use receiver::FileReceiver;
