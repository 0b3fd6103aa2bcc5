//! `hookgate outbox`: deliveries that have not arrived, for an operator: what waits, why, and what becomes of it.

mod age;
mod change;
mod dropped;
mod in_memory;
mod list;
mod opened;
mod run;
mod show;
mod wanted;

pub(super) use dropped::{Dropped, dropped};
pub use run::{Args, run};
