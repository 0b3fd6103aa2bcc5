//! The sections of gateway.yaml, one a file: their keys, and what their values become.

mod admin;
pub mod auth;
pub mod auth_own;
mod everybody;
mod fields;
mod header_name;
mod hooks;
pub mod instance;
mod journal;
mod limits;
mod outbox;
pub mod tls;
mod traces;

pub use admin::{ADMIN, token};
pub use auth_own::{AUTH, Named};
pub use fields::{FIELD, fields};
pub use hooks::{Manners, table};
pub use instance::put_instance;
pub use journal::{JOURNAL, journal};
pub use limits::{LIMITS, limit};
pub use outbox::{encryption_keys, outbox_name, postgres};
pub use tls::TLS;
pub use traces::{TRACES, traces};
