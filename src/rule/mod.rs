//! The language: what administrators write, read with every mistake told, and compiled into what the engine decides by.

pub mod code;
pub mod keys;
mod read;
pub mod source;
pub mod syntax;

pub use read::{Reader, listed};
pub use source::{Role, Sources};
