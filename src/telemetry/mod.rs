//! The log, metrics and traces of hookgate, and which build it is.

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
