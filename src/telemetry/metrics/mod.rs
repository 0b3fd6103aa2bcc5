//! Metrics: the table of all names, counters and histograms, and the page for Prometheus.

mod catalogue;
mod cells;
mod page;
mod process;
mod times;

pub use catalogue::*;
pub use cells::{CELLS, Cells};
pub use page::{Measured, Page, render};
pub use process::Process;
pub use times::{ANSWER, EVALUATION, Times};
