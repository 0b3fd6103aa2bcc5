//! The facts: what lookups answer. Tables beside the rules are indexed when they are loaded; connections are asked when an event asks.

mod answers;
mod cache;
mod connections;
mod document;
mod doubt;
mod held;
mod http;
mod http_answer;
mod http_call;
mod index;
mod key_form;
#[cfg(feature = "ldap")]
mod ldap;
#[cfg(feature = "ldap")]
mod ldap_dial;
#[cfg(feature = "ldap")]
mod ldap_filter;
#[cfg(feature = "ldap")]
mod ldap_link;
#[cfg(feature = "ldap")]
mod ldap_pool;
#[cfg(feature = "ldap")]
mod ldap_row;
#[cfg(feature = "ldap")]
mod ldap_trouble;
#[cfg(any(feature = "postgres", feature = "mysql", feature = "ldap"))]
mod login;
mod measured;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "mysql")]
mod mysql_moment;
mod places;
#[cfg(feature = "postgres")]
mod postgres;
mod remotes;
mod settings;
mod sheet;
mod shrink;
mod size;
mod source;
mod sql;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod sql_pool;
mod sql_rows;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod sql_server;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod sql_trouble;
mod sqlite;
mod sqlite_pool;
mod sqlite_trouble;
mod table;
mod tables;
mod tally;

pub use answers::{Answers, Known};
pub use cache::KEPT_LIMIT_BYTES;
pub use connections::{Connections, Line};
pub use remotes::{Asker, Remotes, probe};
pub use settings::{Connection, HttpTarget, LdapTarget, Login, Settings, SqlTarget, Target};
pub use shrink::{Before, Shrunk, TableBefore, shrunk, with_files};
pub use size::counted;
pub use source::{Caller, Fault, Rows, Source, Trouble};
pub use tables::Tables;
