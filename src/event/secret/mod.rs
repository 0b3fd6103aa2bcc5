//! Secrets: which fields hold one, and a type that is opened in few places.

mod hide;
#[expect(clippy::module_inception, reason = "the folder is named after what the file holds")]
pub mod secret;

pub use secret::{Secret, SecretNames};
