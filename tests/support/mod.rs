//! What the tests of this binary share.

pub mod authority;
pub mod client;
#[cfg(feature = "full")]
pub mod directory;
pub mod example;
pub mod generated;
pub mod issuer;
pub mod log;
#[cfg(feature = "otel")]
pub mod otlp;
pub mod outbox;
pub mod outside;
pub mod platform;
pub mod port;
pub mod process;
pub mod program;
pub mod receiver;
pub mod reload;
pub mod script;
pub mod secure;
pub mod server;
pub mod signal;
pub mod source;
pub mod wait;
pub mod yaml;

pub use client::{Answer, Client, End, post, request};
pub use server::{Running, gateway, server, server_answering};
