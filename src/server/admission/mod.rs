//! Refuses what is too much: calls of one address a second, requests at once, memory.

mod concurrency_limit;
mod memory;
mod rate_limit;
mod scheduler;
pub mod weight;

pub use concurrency_limit::ConcurrencyLimit;
pub use memory::{Full, Memory, Share};
pub use rate_limit::RateLimit;
pub use scheduler::{Scheduler, TooLong};
