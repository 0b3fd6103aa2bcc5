//! `hookgate doctor`: tries every connection and destination of gateway.yaml, the outbox, published keys and the collector of traces, and
//! says what to do.

mod collector;
mod connections;
mod destinations;
mod keys;
mod run;
mod start;
mod told;
mod tried;

pub use run::{Args, run};
