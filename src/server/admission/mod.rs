//! What is too much: how often a caller may call, how many requests run at once, and how much memory they hold.

mod concurrency_limit;
mod memory;
mod rate_limit;
mod scheduler;
pub mod weight;

pub use concurrency_limit::Places;
pub use memory::{Full, Memory, Share};
pub use rate_limit::Callers;
pub use scheduler::{TooLong, Turns};
