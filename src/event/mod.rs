//! The contract: what the platform sends, what it must get back, and how a value of either is read and changed.

pub mod attribute;
pub mod date;
mod document;
mod edit;
mod fingerprint;
mod hide;
mod hook;
pub mod number;
mod path;
mod path_tree;
mod reader;
mod repeats;
mod reply;
mod request;
mod route;
pub mod sample;
pub mod secret;
pub mod token;
mod trace;
mod value;
mod write;

pub use date::{Calendar, DateOrder, DateStyle};
pub use document::{Document, Node};
pub use edit::NotThere;
pub use fingerprint::{Quick, fingerprint, mixed};
pub use hook::{Accepted, Hook, Hooks, Kind, OnFailure};
pub use path::{NoPath, Path, Root, Segment};
pub use path_tree::PathTree;
pub use reader::{Bounds, Unreadable};
pub use reply::{Answer, problem};
pub use request::{BadBody, Context, Event, canonical_field};
pub use route::{Route, Routes};
pub use secret::{Secret, SecretNames};
pub use trace::Trace;
pub use value::{List, Map, Shape, Value, View};
pub use write::{Secrets, write_string};
