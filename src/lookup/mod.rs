//! The facts: what lookups answer. Tables beside the rules are indexed when they are loaded; connections are asked when an event asks.

mod answers;
mod cache;
mod concurrency_limit;
mod connections;
mod held;
mod http;
mod kind;
mod ldap;
#[cfg(any(feature = "postgres", feature = "mysql", feature = "ldap"))]
mod login;
mod metrics;
mod registry;
mod remotes;
mod row;
mod settings;
mod source;
mod sql;
mod table;
mod tally;

pub use answers::{Answers, Known};
pub use cache::KEPT_LIMIT_BYTES;
pub use connections::{Connections, OpenedConnection};
pub use kind::Target;
pub use registry::{CONNECTION, connections};
pub use remotes::{Asker, Remotes, probe};
pub use row::Login;
pub use settings::{Connection, Settings};
pub use source::{Caller, Fault, Rows, Source, Trouble};
pub use table::{Before, Shrunk, TableBefore, Tables, counted, shrunk, with_files};
