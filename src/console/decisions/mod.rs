//! The screen *Decisions*: what was decided, found by whatever is known of it, and why.
//!
//! - The list, its search and its paging? `page.rs`; as it grows: `live.rs`; a row: `row.rs`.
//! - Where is each shown? `link.rs`.
//! - One decision? `one.rs`; what each rule did: `rules.rs`; what it sent: `sent.rs`.
//! - A test made of one? `made.rs`.

mod link;
mod live;
mod made;
mod one;
mod page;
mod row;
mod rules;
mod sent;

pub(super) use link::link;
pub(super) use live::live;
pub(super) use made::test;
pub(super) use one::one;
pub(super) use page::page;
pub(super) use row::answered;
