//! Inspects the bytes of a server, by its protocol.

use super::excess::Excess;
#[cfg(feature = "ldap")]
use super::inspect_ldap::Ldap;
#[cfg(feature = "mysql")]
use super::inspect_mysql::MySql;
#[cfg(feature = "nats")]
use super::inspect_nats::Nats;
#[cfg(feature = "postgres")]
use super::inspect_postgres::Postgres;

/// What a message, or an element of one, takes beside its bytes where a library has read it, in bytes: the largest of
/// them, an element of LDAP, of which the library makes a copy.
const ELEMENT_BYTES: usize = 200;

/// Follows what a server sends, wherever it is cut.
#[derive(Debug)]
pub(super) enum Inspector {
    #[cfg(feature = "ldap")]
    Ldap(Ldap),
    #[cfg(feature = "mysql")]
    MySql(MySql),
    #[cfg(feature = "postgres")]
    Postgres(Postgres),
    #[cfg(feature = "nats")]
    Nats(Nats),
}

impl Inspector {
    /// Looks at what came next; how much memory it takes, in bytes.
    ///
    /// # Errors
    /// When a message is longer, deeper or something else than is taken. Nothing of `bytes` is to be handed on then.
    pub(super) fn look(&mut self, bytes: &[u8]) -> Result<usize, Excess> {
        let elements = match self {
            #[cfg(feature = "ldap")]
            Inspector::Ldap(ldap) => ldap.look(bytes)?,
            #[cfg(feature = "mysql")]
            Inspector::MySql(mysql) => mysql.look(bytes)?,
            #[cfg(feature = "postgres")]
            Inspector::Postgres(postgres) => postgres.look(bytes)?,
            #[cfg(feature = "nats")]
            Inspector::Nats(nats) => nats.look(bytes)?,
        };
        Ok(bytes.len().saturating_add(elements.saturating_mul(ELEMENT_BYTES)))
    }
}
