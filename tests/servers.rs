//! Lookups and deliveries against real servers; `tests/servers/run` installs them and runs these. Servers are started by each test for itself, so that it
//! may stop them.

#[cfg(feature = "full")]
pub mod asking;
#[cfg(feature = "full")]
mod between;
#[cfg(feature = "full")]
mod crash;
#[cfg(feature = "full")]
mod database;
#[cfg(feature = "full")]
mod https;
#[cfg(feature = "full")]
mod ldap;
#[cfg(feature = "full")]
mod ldap_misbehaving;
#[cfg(feature = "full")]
mod load;
#[cfg(feature = "full")]
mod nats;
#[cfg(feature = "full")]
mod nats_server;
#[cfg(feature = "full")]
mod outbox;
#[cfg(feature = "full")]
mod outbox_shared;
#[cfg(feature = "full")]
mod slapd;
#[cfg(feature = "full")]
mod sql;
#[cfg(feature = "full")]
mod sql_kinds;
#[cfg(feature = "full")]
mod sql_misbehaving;
#[cfg(feature = "full")]
mod sql_sessions;
