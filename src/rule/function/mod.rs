//! The functions for identities: one table for native calls, for scripts, for "did you mean" and for the docs.

mod contact;
mod date;
mod latin;
mod list;
mod pattern;
mod table;
mod text;
mod value;

pub use pattern::{BadPattern, PATTERN_LIMIT_BYTES, pattern};
pub use table::{Clock, FUNCTIONS, Function, find, to_markdown};
