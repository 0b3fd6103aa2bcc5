//! The functions that values and scripts may call: one table for both, for "did you mean" and for the docs.

mod catalogue;
mod clock;
mod contact;
mod date;
mod latin;
mod letter;
mod list;
mod literal;
mod markup;
mod name;
mod own_time;
mod pattern;
mod phone;
mod piece;
mod plan;
mod table;
mod text;
mod value;

pub use catalogue::{FUNCTIONS, find, to_markdown};
pub use clock::Clock;
pub use literal::Written;
pub use markup::Markup;
pub use own_time::{is_own_time, own_time};
pub use pattern::{BadPattern, PATTERN_LIMIT_BYTES, pattern};
pub use table::Function;
