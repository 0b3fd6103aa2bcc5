//! Functions over texts: whole ones, their parts, patterns in them, and what a message's markup makes of them.

pub mod encode;
pub mod letter;
pub mod markup;
pub mod pattern;
pub mod piece;
pub mod search;
pub mod whole;
