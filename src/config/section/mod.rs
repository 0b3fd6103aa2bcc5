//! The sections of gateway.yaml, one a file: a row for each setting, and code for what no row can say.

pub mod admin;
pub mod auth;
pub mod auth_own;
mod dates;
mod events;
mod everybody;
mod fields;
mod header_name;
mod hooks;
pub mod instance;
mod journal;
mod limits;
mod log;
mod outbox;
mod reload;
pub mod tls;
mod top;
mod traces;
mod values;

pub use auth_own::Named;
pub use hooks::{Manners, table};
pub use top::{SETTINGS, take};
pub use values::refuse_secrets;
