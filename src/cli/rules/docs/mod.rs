//! `hookgate docs`: describes the rule set on a page for people who do not write rules.

mod html;
mod markdown;
mod run;

pub use run::{Args, run};
