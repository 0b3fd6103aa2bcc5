//! `hookgate connect`: what to type into the platform's Webhooks Configuration, and what its "save & test" found.

mod run;

pub use run::{Args, run};
