//! Reads rule files, reports every mistake, and builds the rule set.

mod action;
mod binding;
mod case;
mod case_request;
mod changed;
mod codes;
mod compiler;
mod condition;
mod deliver;
mod ends;
mod expression;
mod field;
mod folder;
mod hook;
mod lookup;
mod mode;
mod name;
mod ownership;
mod rule;
mod setting;
mod table;
mod tables;

pub use case::given_lookups;
pub use field::meant_field;
pub use folder::compile;
pub use tables::{is_table, people_in, tables_told};
