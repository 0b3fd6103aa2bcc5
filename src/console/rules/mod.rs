//! The screen *Rules*: what the rules in force say, in sentences, and how often each decided.

mod examined;
mod known;
mod list;
mod rule;
mod source;

pub(super) use examined::Examined;
pub(super) use list::page;
pub(super) use rule::page as rule;
pub(super) use source::link;
