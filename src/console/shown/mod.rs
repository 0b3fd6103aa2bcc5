//! Parts of pages about rules: findings, differences, sentences, texts without their secrets.

mod diff;
mod findings;
mod hidden;
mod sentences;

pub(in crate::console) use diff::{patch, shown as difference};
pub(in crate::console) use findings::{Findings, told};
pub(in crate::console) use hidden::{Hidden, without_secrets};
pub(in crate::console) use sentences::{blocks, table};
