//! The log: what is written, in which format, and that one event is one line whatever a caller sends; and the metrics.

mod field;
mod line;
pub mod metrics;
mod settings;
mod start;

pub use field::{VALUE_LIMIT_BYTES, escaped};
pub use settings::{Format, Levels, NotLevels, Settings};
pub use start::{start, subscriber};
