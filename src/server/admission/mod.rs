//! What is too much: how often a caller may call, how many requests run at once, and how much memory they hold.

mod concurrency_limit;
mod memory;
mod rate_limit;
mod scheduler;
pub mod weight;

pub use concurrency_limit::ConcurrencyLimit;
pub use memory::{Full, Memory, Share};
pub use rate_limit::RateLimit;
pub use scheduler::{Scheduler, TooLong};
