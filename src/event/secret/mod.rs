//! Secrets: which fields hold one, and a type that is opened in few places.

mod hide;
#[expect(clippy::module_inception, reason = "the folder is named after what the file holds")]
mod secret;

pub use secret::{
    FORMS, HIDDEN, Half, PASSWORD_ATTRIBUTE, Secret, SecretNames, UNKNOWN, WITHHELD, WITHHELD_JSON, is_secret_key,
};
