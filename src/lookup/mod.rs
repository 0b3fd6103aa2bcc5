//! The facts: what lookups answer. In this version from tables beside the rules, indexed when they are loaded.

mod csv;
mod document;
mod table;
mod tables;

pub use tables::Tables;
