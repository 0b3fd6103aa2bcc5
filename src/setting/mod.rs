//! How gateway.yaml is read by the rooms that declare settings of their own: sources in `lookup`, receivers in `outbox`, and the
//! sections of `config`.

pub mod keys;
mod rows;

pub use rows::Rows;
