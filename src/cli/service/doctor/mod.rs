//! `hookgate doctor`: tests everything that gateway.yaml connects to, and says what to do.

mod run;

pub use run::{Args, run};
