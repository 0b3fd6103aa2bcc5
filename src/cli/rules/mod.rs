//! Commands for people who write rules; they read the rules folder and need no running gateway.

pub mod check;
mod coverage;
pub mod docs;
pub mod dry_run;
pub mod explain;
pub mod facts;
pub mod recipes;
mod results;
pub mod test;
