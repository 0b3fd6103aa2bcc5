//! What speaking to other machines needs, whoever does it: credentials that are never shown, breakers for what fails, and
//! an HTTP client that goes nowhere but where it is meant to.

mod breaker;
mod client;
mod credential;
mod guard;
mod knock;

pub use breaker::{Breaker, Pass};
pub use client::{ANSWER_LIMIT_BYTES, Client, NoClient, Tls, basic, read_body, told};
pub use credential::{Credential, NoCredential};
pub use guard::{Guard, Names};
pub use knock::knock;
