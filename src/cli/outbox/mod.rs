//! `hookgate outbox`: shows and changes deliveries that have not arrived.

mod age;
mod change;
mod dropped;
mod in_memory;
mod list;
mod opened;
mod run;
mod show;
mod wanted;

pub(super) use dropped::{Dropped, Purpose, dropped};
pub use run::{Args, run};
