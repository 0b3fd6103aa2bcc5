//! `hookgate doctor`: tries every connection and destination of gateway.yaml, and the outbox, and says what to do.

mod connections;
mod destinations;
mod run;
mod told;
mod tried;

pub use run::{Args, run};
