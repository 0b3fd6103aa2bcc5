//! The facts: what lookups answer. Tables beside the rules are indexed when they are loaded; connections are asked when an event asks.

mod answers;
mod cache;
mod connections;
mod csv;
mod document;
mod remotes;
mod settings;
mod source;
mod table;
mod tables;

pub use answers::{Answers, Known};
pub use connections::{Connections, Line};
pub use remotes::{Asker, Remotes, probe};
pub use settings::{Connection, HttpTarget, LdapTarget, Login, Settings, SqlTarget, Target};
pub use source::{Fault, Rows, Source, Trouble};
pub use tables::Tables;
