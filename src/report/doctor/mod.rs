//! Tests everything that gateway.yaml connects to, and says what to do.
//!
//! - What is tested? `run.rs`; connections, destinations with the outbox, published keys, the collector of traces: a file
//!   each; what else would keep `serve` from starting: `start.rs`.
//! - What is one test? `tried.rs`. How is it told? `trials.rs`.

mod collector;
mod connections;
mod destinations;
mod keys;
mod run;
mod start;
mod trials;
mod tried;

pub use run::trials;
pub use start::{Consequence, Note, Obstacle};
pub use trials::Trials;
pub use tried::{Kind, Tried, Wrong};
