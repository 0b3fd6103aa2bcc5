//! The webhook contract: requests, replies, and how their values are read and changed.
//!
//! - Which hooks are there, and which one does a URL mean? `hook.rs`, one table; `route.rs`.
//! - What is an event, and which request bodies are rejected? `request.rs`.
//! - How is a body read without building a tree? `json/document.rs`, `json/reader.rs`; all names that rules read of
//!   it, in one pass: `path_tree.rs`.
//! - How is a field read, changed, written? `path.rs`, `json/value.rs`, `json/edit.rs`, `json/write.rs`; custom
//!   attributes: `attribute.rs`. How much memory does a value take? `json/held.rs`.
//! - When is a text blank, and when are two texts one? `blank.rs`, `nfc.rs`.
//! - How are dates and numbers read? `date/`: a day (`day.rs`), a time and a zone (`time.rs`), a count (`count.rs`),
//!   joined (`parts.rs`, `text.rs`) and placed in the zone (`written.rs`, `moment.rs`); working days: `working.rs`;
//!   `json/number.rs`.
//! - Which values are secrets, and how do they stay secret? `secret/secret.rs`, `secret/hide.rs`.
//! - What does an answer look like on the wire? `reply.rs`.
//! - To which trace does a call belong? `trace.rs`.

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
pub use date::{Calendar, DateOrder, DateStyle, WorkingDays};
pub use fingerprint::{Quick, ascii_fingerprint, fingerprint, mixed};
pub use hook::{Accepted, Hook, Hooks, Kind, OnFailure, sentences as hook_sentences};
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
