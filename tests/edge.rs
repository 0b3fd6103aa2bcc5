//! The door against callers that do not behave.

mod framing;
mod json;
mod limits;
mod size;
mod slow;
