//! From as written to as meant: reads rule files, notes every mistake, and builds the rule set.

mod action;
mod binding;
mod case;
mod cell;
mod codes;
mod compiler;
mod expression;
mod folder;
mod hook;
mod lookup;
mod name;
mod rule;
mod table;
mod table_file;
mod when;

pub use folder::compile;
