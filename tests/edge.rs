//! The server against callers that do not behave.

pub mod framing;
mod json;
mod limits;
mod protocol;
mod size;
mod slow;
