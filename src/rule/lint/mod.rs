//! Static analysis, for `check` alone: what is wrong with rules that can be read. One question a file.

mod absent;
mod allow;
mod blank;
mod call;
mod compared;
mod constant;
mod cover;
mod cube;
mod dead_row;
mod domain;
mod finding;
mod gap;
mod guard;
mod key;
mod known;
mod leak;
mod meeting;
mod moments;
mod never;
mod number_sample;
mod order;
mod overlap;
mod pattern_sample;
mod predicate;
mod run;
mod search;
mod shadow;
mod signs;
mod survey;
mod unused;
mod variable;
mod walk;
mod write;

pub use allow::Allows;
pub use finding::{Call, Claim, Finding};
pub use run::{Lint, lint};
