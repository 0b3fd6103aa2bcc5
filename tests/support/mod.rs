//! What several tests share.

pub mod script;
