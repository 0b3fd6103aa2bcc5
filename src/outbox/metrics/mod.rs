//! What is counted of deliveries: for Prometheus, for the log, and when the process ends.

pub mod loss;
mod page;
mod queue_counts;

pub use queue_counts::QueueCounts;
