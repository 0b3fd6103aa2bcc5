//! The log: what is written, in which format, and that one event is one line whatever a caller sends.

mod field;
mod line;
mod queue;
mod settings;
mod start;
mod writer;

pub use field::{VALUE_LIMIT_BYTES, escaped};
pub use settings::{Format, Levels, NotLevels, Settings};
pub use start::{LogGuard, dropped_lines, start, subscriber};
