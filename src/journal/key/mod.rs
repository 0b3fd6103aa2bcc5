//! The keys of the journal: where they are stored, which one seals now, and which open older files.

mod file;
mod masters;
mod seal;

pub use file::{KeyFile, added, retain, rewrap};
pub use masters::Masters;
pub use seal::{FileKey, KeyName, TAG_BYTES};
