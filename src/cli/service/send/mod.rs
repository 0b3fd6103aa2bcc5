//! `hookgate send`: calls a running gateway as the platform does.

mod bearer;
mod exchange;
mod run;

pub use run::{Args, run};
