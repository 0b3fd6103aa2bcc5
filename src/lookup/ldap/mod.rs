//! Lookups in LDAP directories.

#[cfg(feature = "ldap")]
mod dial;
#[cfg(feature = "ldap")]
mod filter;
#[cfg(feature = "ldap")]
mod link;
mod open;
#[cfg(feature = "ldap")]
mod pool;
#[cfg(feature = "ldap")]
mod row;
mod settings;
#[cfg(feature = "ldap")]
mod source;
#[cfg(feature = "ldap")]
mod trouble;

pub use open::KIND;
