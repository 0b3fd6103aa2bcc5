//! Lookups against real servers; `tests/servers/run` runs those that need one. Directories are started by each test for itself, so that it
//! may stop them: `cargo test --features full servers::ldap -- --include-ignored`, with Debian's packages `slapd` and `openssl`.

#[cfg(feature = "ldap")]
mod asking;
#[cfg(feature = "ldap")]
mod ldap;
#[cfg(feature = "ldap")]
mod ldap_misbehaving;
#[cfg(feature = "ldap")]
mod slapd;
