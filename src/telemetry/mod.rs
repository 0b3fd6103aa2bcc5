//! The log, metrics and traces of hookgate, and which build it is.
//!
//! - How is the log written? `line.rs`, `field.rs`, `figure.rs`; people in it: `person.rs`; kept and dropped:
//!   `queue.rs`; written: `writer.rs`; started and flushed: `start.rs`.
//! - Which metrics are there? `metrics/catalogue.rs`; counted by many threads: `metrics/cells.rs`,
//!   `metrics/times.rs`; the page: `metrics/page.rs`. Each room counts its own, in a value that is `Measured`.
//! - How are spans made and sent? `traces/tracer.rs`, `traces/span.rs`, `traces/queue.rs`, `traces/collector.rs`.
//! - Which build is this? `build.rs`; where the commit comes from: `build/commit.rs` beside Cargo.toml.

mod build;
mod field;
mod figure;
mod line;
pub mod metrics;
mod person;
mod queue;
mod settings;
mod start;
pub mod traces;
mod writer;

pub use build::{BUILD, Build};
pub use field::VALUE_LIMIT_BYTES;
pub use person::{Person, PersonKey};
pub use settings::{Format, Levels, NotLevels, Settings};
pub use start::{LogGuard, start, subscriber};
