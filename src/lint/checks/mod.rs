//! The checks of a rule set, one a file.

pub mod absent;
pub mod blank;
pub mod compared;
pub mod dead_row;
pub mod gap;
pub mod leak;
pub mod moments;
pub mod never;
pub mod order;
pub mod overlap;
pub mod shadow;
pub mod unused;
