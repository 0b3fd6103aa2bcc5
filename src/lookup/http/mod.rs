//! Lookups over HTTP: a call, and the rows in its answer.

mod answer;
mod call;
mod source;

pub use source::Service;
