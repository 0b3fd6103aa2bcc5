//! Lookups over HTTP: a call, and the rows in its answer.

mod answer;
mod call;
mod open;
mod settings;
mod source;

pub use open::KIND;
