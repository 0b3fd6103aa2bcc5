//! The platform's Webhooks Configuration: what to type, how to try it, and what each method of `auth` found.
//!
//! - What to type, and what is wrong with the settings for it? `screen.rs`.
//! - How is "save & test" played against a gateway of this machine? `played.rs`.
//! - What did the newest calls find, and what to do? `calls.rs`, `advice.rs`; what a status means: `meaning.rs`.

mod advice;
mod calls;
mod meaning;
mod played;
mod screen;

pub use advice::advice;
pub use calls::{Call, Method, Reply, other_path};
pub use meaning::meaning;
pub use played::{Played, address_of, decoded, own_address, play, without_hook};
pub use screen::{Screen, Wrong};
