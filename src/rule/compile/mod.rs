//! Reads rule files, reports every mistake, and builds the rule set.

mod action;
mod binding;
mod case;
mod codes;
mod compiler;
mod datetime;
mod deliver;
mod ends;
mod expression;
mod field;
mod folder;
mod hook;
mod lookup;
mod mode;
mod name;
mod operators;
mod ownership;
mod pattern;
mod rule;
mod setting;
mod table;
mod when;

pub use case::given_lookups;
pub use folder::compile;
