//! Answers the questions of rules: from tables beside the rules, and from services, databases and directories.

mod answers;
mod cache;
mod concurrency_limit;
mod connections;
mod held;
mod http;
#[cfg(feature = "ldap")]
mod ldap;
#[cfg(any(feature = "postgres", feature = "mysql", feature = "ldap"))]
mod login;
mod metrics;
mod remotes;
mod settings;
mod source;
mod sql;
mod table;
mod tally;

pub use answers::{Answers, Known};
pub use cache::KEPT_LIMIT_BYTES;
pub use connections::{Connections, OpenedConnection};
pub use remotes::{Asker, Remotes, probe};
pub use settings::{Connection, HttpTarget, LdapTarget, Login, Settings, SqlTarget, Target};
pub use source::{Caller, Fault, Rows, Source, Trouble};
pub use table::{Before, Shrunk, TableBefore, Tables, counted, shrunk, with_files};
