//! What speaking to other machines needs, whoever does it: credentials that are never shown, breakers for what fails, and
//! an HTTP client that goes nowhere but where it is meant to, and relays that measure what servers send.

mod alone;
#[cfg(any(feature = "postgres", feature = "mysql", feature = "ldap", feature = "nats"))]
mod authorities;
mod breaker;
mod client;
mod credential;
mod growing;
mod guard;
mod knock;
mod mode;
mod panics;
mod platform_call;
mod platform_token;
pub mod relay;
mod renewed;
mod small_file;

pub use alone::{Alone, NotAlone};
#[cfg(any(feature = "postgres", feature = "mysql", feature = "ldap", feature = "nats"))]
pub use authorities::client_config;
pub use breaker::{Breaker, Pass};
pub use client::{ANSWER_LIMIT_BYTES, Client, NoClient, Tls, basic, read_body, sensitive, told};
#[cfg(feature = "otel")]
pub use client::{blocking, told_of_any};
pub use credential::{Credential, NoCredential};
pub use growing::{Growing, aside, aside_of};
pub use guard::{Guard, Names};
pub use knock::knock;
pub use mode::Mode;
pub use panics::tell_panics_of;
pub use platform_call::{PlatformAnswer, PlatformCall};
pub use platform_token::{Signing, platform_claims, sign};
pub use renewed::Renewed;
pub use small_file::{read_small_bytes, read_small_file, without_mark};
