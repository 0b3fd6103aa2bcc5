//! Lookups in LDAP directories.

mod dial;
mod filter;
mod link;
mod pool;
mod row;
mod source;
mod trouble;

pub use source::Directory;
