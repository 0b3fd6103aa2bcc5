//! Reads rows of gateway.yaml for the rooms that declare settings: sources, receivers, and the sections of `config`.

pub mod keys;
mod rows;

pub use rows::Rows;
