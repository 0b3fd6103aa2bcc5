//! `hookgate send`: calls a running gateway as the platform does.

mod bearer;
mod run;
mod told;

pub use run::{Args, run};
