//! The codes of all mistakes, an area a file. A code is never used for another mistake.

mod areas;
mod case;
mod cell;
mod declare;
mod file;
mod lookup;
mod meaning;
mod name;
mod rule;
mod secret;
mod setting;
mod table;
mod value;

pub use areas::AREAS;
pub use case::*;
pub use cell::*;
pub(crate) use declare::codes;
pub use file::*;
pub use lookup::*;
pub use meaning::*;
pub use name::*;
pub use rule::*;
pub use secret::*;
pub use setting::*;
pub use table::*;
pub use value::*;
