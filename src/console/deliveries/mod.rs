//! The screen *Deliveries*: what waits, is on its way, or is dead, by destination; and what is done about it.

mod act;
mod one;
mod page;
mod row;

pub(super) use act::{change, pause};
pub(super) use one::one;
pub(super) use page::page;
pub(super) use row::condition;
