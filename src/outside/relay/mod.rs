//! Relays between a client library and its server: they measure what the server sends before the library reads it.
//!
//! Where that is too much they close the connection.

#[cfg(any(feature = "postgres", feature = "mysql", feature = "ldap", feature = "nats"))]
mod copy;
mod excess;
#[cfg(any(feature = "postgres", feature = "mysql", feature = "ldap", feature = "nats"))]
mod inspect;
#[cfg(feature = "ldap")]
mod inspect_ldap;
#[cfg(feature = "mysql")]
mod inspect_mysql;
#[cfg(feature = "nats")]
mod inspect_nats;
#[cfg(feature = "postgres")]
mod inspect_postgres;
#[cfg(feature = "ldap")]
mod ldap;
#[cfg(any(feature = "postgres", feature = "mysql", feature = "ldap", feature = "nats"))]
mod limits;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod loopback;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "nats")]
mod nats;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(any(feature = "postgres", feature = "mysql", feature = "ldap", feature = "nats"))]
mod server;
mod watch;

pub use excess::{Excess, excess, is_no_tls};
#[cfg(feature = "ldap")]
pub use ldap::{Secured, Unopened, ldap};
#[cfg(feature = "mysql")]
pub use mysql::{Way, mysql};
#[cfg(feature = "nats")]
pub use nats::{Nats, nats};
#[cfg(feature = "postgres")]
pub use postgres::{POSTGRES_PORT, postgres};
#[cfg(any(feature = "postgres", feature = "mysql", feature = "ldap", feature = "nats"))]
pub use server::Server;
pub use watch::{ANSWER_LIMIT_BYTES, NEIGHBOURS_LIMIT_BYTES, Watch};
