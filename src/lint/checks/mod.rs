//! What is asked of a rule set: one question a file, with its code and its text.

mod absent;
mod blank;
mod compared;
mod dead_row;
mod gap;
mod leak;
mod list;
mod moments;
mod never;
mod order;
mod overlap;
mod shadow;
mod unused;

pub use list::CHECKS;
