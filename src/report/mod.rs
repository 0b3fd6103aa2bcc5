//! What the commands and the console both tell: of decisions, rules and what runs.
//!
//! - What is wrong with rules, or suspect in them? `check.rs`.
//! - A test made of a decision? `case/`.
//! - What is told of past decisions? `records/`.
//! - What would be answered to an event? `dry_run.rs`.
//! - What did each rule do, and why? `trace.rs`.
//! - What do the rules say, in sentences? `docs/`.
//! - What is typed into the platform's screen, and what did its "save & test" find? `connect/`.
//! - Does everything answer that gateway.yaml connects to? `doctor/`.
//! - Which secrets have rules written out, and how are they taken from what is shown? `secrets.rs`.
//! - Where is a listener of this machine reached? `here.rs`.

pub mod case;
mod check;
pub mod connect;
mod counted;
pub mod docs;
pub mod doctor;
mod dry_run;
mod here;
pub mod records;
mod secrets;
mod trace;

pub use check::{Checked, Step, check};
pub use counted::counted;
pub use dry_run::{DRY_RUN, Tried, tried};
pub use here::at;
pub use secrets::Secrets;
pub use trace::{explanation, headline};
