//! The codes of all mistakes, an area a file. A code is never used for another mistake.

mod case;
mod catalogue;
mod cell;
mod declare;
mod file;
mod lint;
mod lookup;
mod meaning;
mod name;
mod rule;
mod secret;
mod setting;
mod table;
mod value;

pub use case::*;
pub use catalogue::{all, find, to_markdown};
pub use cell::*;
pub use file::*;
pub use lint::*;
pub use lookup::*;
pub use meaning::*;
pub use name::*;
pub use rule::*;
pub use secret::*;
pub use setting::*;
pub use table::*;
pub use value::*;
