//! Lookups over HTTP.

mod answer;
mod call;
mod open;
mod settings;
mod source;

pub use open::KIND;
