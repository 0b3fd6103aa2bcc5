//! Work that no page waits for: jobs with progress, what takes some seconds, what is found out in the background.

mod apart;
mod job;
mod refreshed;

pub(in crate::console) use apart::{Apart, Time};
pub(in crate::console) use job::{Jobs, Progress, Seen};
pub(in crate::console) use refreshed::Refreshed;
