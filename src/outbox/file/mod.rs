//! Deliveries into a file of this machine, a line each.

mod appendable;
mod receiver;

pub use appendable::appendable;
pub use receiver::FileReceiver;
