//! `hookgate connect`: what to type into the platform's Webhooks Configuration, and what its "save & test" found.

mod advice;
mod calls;
mod run;
mod screen;

pub use run::{Args, run};
