//! Lookups as rule files declare them: what is asked, where, and what replaces a failed answer.

mod acting;
mod call;
mod declared;
mod filling;
mod filter;
mod key;
mod keys;
mod kind;
mod remote;
mod search;
mod size;
mod sql_piece;
mod sql_text;
mod sql_tokens;
mod statement;
mod validity;
mod writing;

pub use call::{Call, Method, PAGES, Pages};
pub use declared::{Lookup, Source, TableSource};
pub use filling::{Filling, Part, Shaped};
pub use filter::{NoFilter, check_filter};
pub use key::{Asked, KeyPart};
pub use keys::{ENCODING, KEEP, SHEET, STAND_IN, TABLE_LOOKUP};
pub use kind::{Ask, ConnectionKind, LOOKUP};
pub use remote::{Keep, OnError, Remote};
pub use search::{Attribute, Scope, Search};
pub use size::{Shrink, TableSize};
pub use sql_text::Dialect;
pub use statement::{Statement, statement};
pub use validity::{Days, VALIDITY, Validity};
