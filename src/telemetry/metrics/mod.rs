//! Metrics: the table of all names, counters and histograms, the page for Prometheus, and the last hour.

mod catalogue;
mod cells;
mod history;
mod page;
mod process;
mod sample;
mod times;

pub use catalogue::*;
pub use cells::{CELLS, Cells};
pub use history::{History, MINUTE, MINUTES, Minute};
pub use page::{Measured, Page, render};
pub use process::Process;
pub use sample::{ByHook, HookCounts, Sample};
pub use times::{ANSWER, EVALUATION, Times};
