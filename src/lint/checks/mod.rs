//! The checks of a rule set, one a file.

mod absent;
mod audit;
mod blank;
mod compared;
mod dates;
mod dead_row;
mod everybody;
mod gap;
mod leak;
mod list;
mod never;
mod order;
mod overlap;
mod shadow;
mod unused;
mod written;

pub use audit::audits;
pub use list::{CHECKS, OF_THE_DAY};
