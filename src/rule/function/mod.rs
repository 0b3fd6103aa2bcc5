//! The functions that values and scripts may call: one table for both, for "did you mean" and for the docs.

mod answers;
mod catalogue;
mod clock;
mod date;
mod list;
mod literal;
mod never;
mod person;
mod subjects;
mod table;
mod text;
mod value;

pub use answers::Answering;
pub use catalogue::{FUNCTIONS, find, to_markdown};
pub use clock::Clock;
pub use date::own_time::{is_own_time, own_time};
pub use list::brackets::BRACKETS;
pub use literal::Written;
pub use never::Never;
pub use table::Function;
pub use text::markup::Markup;
pub use text::pattern::{BadPattern, PATTERN_LIMIT_BYTES, pattern};
