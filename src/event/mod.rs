//! The webhook contract: requests, replies, and how their values are read and changed.

pub mod attribute;
mod blank;
pub mod date;
mod fingerprint;
mod hook;
mod json;
mod nfc;
mod path;
mod path_tree;
mod reply;
mod request;
mod route;
pub mod sample;
pub mod secret;
mod trace;

pub use blank::is_blank;
pub use date::{Calendar, DateOrder, DateStyle};
pub use fingerprint::{Quick, ascii_fingerprint, fingerprint, mixed};
pub use hook::{Accepted, Hook, Hooks, Kind, OnFailure};
pub use json::{
    Bounds, Document, List, Map, Node, NotThere, Secrets, Shape, Unreadable, Value, View, number, write_string,
};
pub use nfc::{folded, into_nfc, nfc, same_text, taken_apart};
pub use path::{NoPath, Path, Root, Segment, canonical_field};
pub use path_tree::PathTree;
pub use reply::{Answer, problem};
pub use request::{BadBody, Context, Event};
pub use route::{Route, Routes};
pub use secret::{Secret, SecretNames};
pub use trace::Trace;
