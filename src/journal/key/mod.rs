//! Keys of the journal: where they stand, which of them seals now, and which open older files.

mod file;
mod masters;
mod seal;

pub use file::{KeyFile, added, retain, rewrap};
pub use masters::Masters;
pub use seal::{FileKey, KeyName, TAG_BYTES};
