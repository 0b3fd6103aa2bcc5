//! Commands around a running gateway: start it, ask it, call it, and find out why it does not start.

mod admin_call;
pub mod cert;
pub mod connect;
mod core_dump;
pub mod doctor;
pub mod healthcheck;
mod memory;
pub mod reload;
pub mod rules;
mod running;
pub mod send;
pub mod serve;

pub use admin_call::{Answer, call};
