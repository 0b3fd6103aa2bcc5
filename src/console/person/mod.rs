//! The screen *Person*: what was asked about somebody, what was answered and why, and what is on its way.

mod page;

pub(super) use page::page;
