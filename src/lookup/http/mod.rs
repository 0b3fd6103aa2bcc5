//! Lookups over HTTP.

mod answer;
mod call;
mod source;

pub use source::Service;
