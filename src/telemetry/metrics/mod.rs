//! The metrics: every name in one table, what is counted on the way of a request, and the page that Prometheus reads.

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
