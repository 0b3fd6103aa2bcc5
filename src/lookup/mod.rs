//! Answers the questions of rules: from tables beside the rules, and from services, databases and directories.
//!
//! - What is a source? `source.rs`, a trait; each kind has a folder (`http/`, `sql/`, `ldap/`) and a line in `registry.rs`.
//! - How do tables answer? `table/tables.rs`, by the keys of `table/index.rs`; suspicious rows: `table/doubt.rs`; too
//!   few rows: `table/size.rs`, `table/shrink.rs`.
//! - How is a source asked? `remotes.rs` (time, `on_error`), `concurrency_limit.rs` (places), `cache.rs` (equal
//!   questions are one), `held.rs` (memory of answers); what one event knows: `answers.rs`.
//! - Which connections are there, and who opens them? `settings.rs`, `connections.rs`.
//! - How often is a refused login tried? `login.rs`.
//! - How is a database asked? `sql/`: one query over a connection of the pool; values are bound, rows are limited
//!   (`sql/rows.rs`).
//! - How is a directory asked? `ldap/`: one search over a connection of the pool; the filter with the key:
//!   `ldap/filter.rs`.

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
