//! `admin` of gateway.yaml: the admin listener, how it is encrypted, and who may look at its console.

mod listener;
mod login;
mod origin;
mod peers;
mod tls;
mod users;

pub use listener::{ADMIN, contradictions, take};
