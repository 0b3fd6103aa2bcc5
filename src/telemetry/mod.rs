//! The log: what is written, in which format, and that one event is one line whatever a caller sends.

mod field;
mod line;
mod settings;
mod start;

pub use field::{VALUE_LIMIT_BYTES, escaped};
pub use settings::{Format, Levels, NotLevels, Settings};
pub use start::{start, subscriber};
