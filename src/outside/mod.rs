//! What speaking to other machines needs, whoever does it: credentials that are never shown, and breakers for what fails.

mod breaker;
mod credential;

pub use breaker::{Breaker, Pass};
pub use credential::{Credential, NoCredential};
