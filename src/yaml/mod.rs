//! Reads YAML: text becomes a tree with positions, and the tree typed values. Rules and settings use it.
//!
//! - How does text become a tree? `syntax.rs`, `tree.rs`; a quote that was not closed: `open_quote.rs`; no YAML at
//!   all: `help.rs`.
//! - What does a plain word mean? `literal.rs`, `plain_word.rs`.
//! - How does the tree become values? `read.rs`; allowed keys: `keys.rs`.
//! - How is a value written in a message? `scalar.rs`.
//! - How is a misspelt key found? `written_key.rs`, `wrong_word.rs`, `odd_letter.rs`.
//! - How much memory may loading hold? The limit is in `diagnostic/budget.rs`; sizes and the mistake: `budget.rs`.

mod budget;
mod help;
pub mod keys;
mod literal;
pub mod locate;
mod odd_letter;
mod one_text;
mod open_quote;
mod plain_word;
mod read;
mod scalar;
pub mod schema;
pub mod syntax;
mod tree;
mod written_key;
pub mod wrong_word;

pub use budget::{
    CELL_BYTES, COMPILED_SHARE, INDEXED_BYTES, MEMORY_BYTES, PATTERN_SHARE, ROW_BYTES, RULE_CELL_BYTES, SCRIPT_SHARE,
    beyond, hold,
};
pub use literal::Purpose;
pub use odd_letter::called;
pub use plain_word::is_plain_number;
pub use read::{Reader, shown_duration};
pub use scalar::{listed, scalar, value};
pub use tree::{Content, Entry, Node, Style};
