//! Commands around the console.

mod hash;
mod typed;

pub use hash::{Args, run};
