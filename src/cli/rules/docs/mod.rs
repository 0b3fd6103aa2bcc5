//! `hookgate docs`: describes the rule set on a page for people who do not write rules.

mod computed;
mod condition;
mod hidden;
mod html;
mod lookup;
mod markdown;
mod names;
mod overview;
mod page;
mod parts;
mod proof;
mod rule;
mod run;
mod summary;
mod table;
mod value;
mod verb;

pub use run::{Args, run};
