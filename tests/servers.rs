//! Lookups against real servers; those that need one are run by `tests/servers/run`, which starts them.

#[cfg(feature = "ldap")]
mod asking;
#[cfg(feature = "ldap")]
mod ldap;
#[cfg(feature = "ldap")]
mod ldap_misbehaving;
#[cfg(feature = "ldap")]
mod slapd;
