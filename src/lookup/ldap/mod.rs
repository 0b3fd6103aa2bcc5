//! Lookups in a directory: a search, and the rows of what it found.

mod dial;
mod filter;
mod link;
mod pool;
mod row;
mod source;
mod trouble;

pub use source::Directory;
