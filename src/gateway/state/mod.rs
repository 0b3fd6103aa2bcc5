//! What a gateway keeps on the disk for its next start: the last good rule sets, and the tables in force.

mod keeper;
mod kept;
mod plain_path;
mod rolled_back;
mod rows;
mod sets;
mod tables;
mod whole_file;

pub use keeper::Keeper;
pub use kept::{InTable, Kept};
pub use rolled_back::RolledBack;
pub use sets::{KeptSet, NoSet, SETS_LIMIT_BYTES, Sets};
