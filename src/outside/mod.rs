//! What speaking to other machines needs, whoever does it: credentials that are never shown, breakers for what fails, and
//! an HTTP client that goes nowhere but where it is meant to.

mod alone;
#[cfg(any(feature = "ldap", feature = "nats"))]
mod authorities;
mod breaker;
mod client;
mod credential;
mod growing;
mod guard;
mod knock;
mod mode;
mod platform_call;
mod platform_token;
mod renewed;
mod small_file;

pub use alone::{Alone, NotAlone};
#[cfg(any(feature = "ldap", feature = "nats"))]
pub use authorities::client_config;
pub use breaker::{Breaker, Pass};
#[cfg(feature = "otel")]
pub use client::blocking;
pub use client::{ANSWER_LIMIT_BYTES, Client, NoClient, Tls, basic, read_body, sensitive, told};
pub use credential::{Credential, NoCredential};
pub use growing::{Growing, aside};
pub use guard::{Guard, Names};
pub use knock::knock;
pub use mode::Mode;
pub use platform_call::{PlatformAnswer, PlatformCall};
pub use platform_token::{Signing, platform_claims, sign};
pub use renewed::Renewed;
pub use small_file::{read_small_bytes, read_small_file, without_mark};
