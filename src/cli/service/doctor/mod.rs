//! `hookgate doctor`: tests everything that gateway.yaml connects to, and says what to do.
//!
//! Connections, destinations, the outbox, published keys, the collector of traces.

mod collector;
mod connections;
mod destinations;
mod keys;
mod run;
mod start;
mod told;
mod tried;

pub use run::{Args, run};
