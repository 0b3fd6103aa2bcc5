//! The screen *Playground*: rules that are edited and tried in memory. It sends, writes and asks outside nothing.
//!
//! - What does the form say, and what stands in it at first? `form.rs`; the page around it: `page.rs`.
//! - Which rules are tried? Those in force (`in_force.rs`) with the edited text in place of a file: `edited.rs`.
//! - What is answered, and why? `attempt.rs` tries, `answer.rs` shows it; a recorded request: `recorded.rs`.
//! - Who else would change? `others.rs` begins the job, `sum.rs` shows what came of it.

mod answer;
mod attempt;
mod checked;
mod edited;
mod form;
mod in_force;
mod laid_out;
mod others;
mod page;
mod recorded;
mod sum;

pub(super) use checked::check;
pub(super) use in_force::{InForce, rules_of};
pub(super) use others::{begin, cancel, live, others};
pub(super) use page::{download, page, posted};
