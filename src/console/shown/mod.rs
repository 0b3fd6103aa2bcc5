//! Parts of pages about rules: findings, differences, sentences, what a rule did, texts without their secrets.

mod diff;
mod findings;
mod hidden;
mod sentences;
mod trace;

pub(in crate::console) use diff::{patch, shown as difference};
pub(in crate::console) use findings::{Findings, told};
pub(in crate::console) use hidden::{Clean, without_secrets};
pub(in crate::console) use sentences::{blocks, table};
pub(in crate::console) use trace::rule as rule_trace;
