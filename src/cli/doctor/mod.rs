//! `hookgate doctor`: tries every connection and destination of gateway.yaml, the outbox and published keys, and says what to do.

mod connections;
mod destinations;
mod keys;
mod run;
mod told;
mod tried;

pub use run::{Args, run};
