//! Counts of deliveries: for Prometheus, for the log, and for the end of the process.

pub mod loss;
mod page;
mod queue_counts;

pub use queue_counts::{Depth, QueueCounts};
