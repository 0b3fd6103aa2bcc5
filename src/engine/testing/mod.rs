//! Test cases of rule files: what a case expects beside what the rules decide, and which rules all cases reach.

pub mod case;
pub mod coverage;
