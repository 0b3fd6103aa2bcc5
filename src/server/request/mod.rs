//! One request: its route, head, body, answer or refusal, and its line in the log.

mod answer;
mod application;
mod body;
mod date_header;
pub mod error_boundary;
mod id;
mod in_flight;
pub mod log;
mod log_throttle;
mod metrics;
mod refusal;
mod routes;

pub use answer::Manner;
pub use log_throttle::{Alike, LogThrottle};
pub use metrics::Requests;
pub use refusal::{Refusal, Shortage};
pub use routes::{Caller, Worker, receive, refuse};
