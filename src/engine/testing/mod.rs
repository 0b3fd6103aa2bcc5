//! Test cases of rule files: running them, and what they reach.

pub mod case;
pub mod coverage;
