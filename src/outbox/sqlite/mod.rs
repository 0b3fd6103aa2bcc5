//! The store in a SQLite file of this machine.

mod file;
mod scrub;
mod store;
mod table;
mod wal_index;

pub use file::own;
pub use scrub::scrub;
pub use store::{Embedded, NotBegun, Place, taken};
