//! JSON as callers write it: read once, kept byte for byte where no rule changes it, and written again.

mod document;
mod edit;
mod entry;
mod held;
pub mod number;
mod reader;
mod repeats;
mod same;
mod value;
mod write;

pub use document::{Document, Node};
pub use edit::NotThere;
pub use entry::{Bounds, Unreadable};
pub use value::{Held, List, Map, Shape, Value, View};
pub use write::{Secrets, write_string};
