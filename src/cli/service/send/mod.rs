//! `hookgate send`: plays the platform in front of a running gateway.

mod bearer;
mod meaning;
mod run;
mod told;

pub use run::{Args, run};
