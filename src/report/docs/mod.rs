//! Describes rules in sentences, for people who do not write rules: the page of `hookgate docs`, and the console's.
//!
//! - What is a page, before it is written? `page.rs`; the whole of one: `summary.rs`, `overview.rs`.
//! - How is a rule described? `rule.rs`; its parts: `condition.rs`, `verb.rs`, `value.rs`, `names.rs`, `computed.rs`,
//!   `table.rs`.
//! - What becomes of secrets that a rule has written out? `hidden.rs`.
//! - Which tests prove a rule? `proof.rs`.

mod computed;
mod condition;
mod hidden;
mod lookup;
mod names;
mod overview;
mod page;
mod parts;
mod proof;
mod rule;
mod summary;
mod table;
mod value;
mod verb;

pub use hidden::hide;
pub use page::{Block, Inline, Item, Line, Page, Table};
pub use proof::{Came, Proof, prove};
pub use rule::{anchor, write as write_rule};
pub use summary::page;
