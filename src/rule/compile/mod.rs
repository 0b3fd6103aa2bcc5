//! From as written to as meant: reads rule files, notes every mistake, and builds the rule set.

mod action;
mod binding;
mod case;
mod cell;
mod codes;
mod compiler;
mod deliver;
mod ends;
mod expression;
mod field;
mod filling;
mod folder;
mod hook;
mod http_call;
mod lookup;
mod moment;
mod name;
mod remote;
mod rule;
mod search;
mod size;
mod table;
mod table_file;
mod table_rows;
mod when;

pub use case::given_lookups;
pub use folder::compile;
