//! What the commands and the console both tell: of decisions, rules and what runs.
//!
//! - What did each rule do, and why? `trace.rs`.
//! - What is typed into the platform's screen, and what did its "save & test" find? `connect/`.
//! - Where is a listener of this machine reached? `here.rs`.
//! - Does everything answer that gateway.yaml connects to? `doctor/`.

pub mod connect;
pub mod doctor;
mod here;
mod trace;
mod words;

pub use here::at;
pub use trace::{explanation, headline};
pub use words::counted;
