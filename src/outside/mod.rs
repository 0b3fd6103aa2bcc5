//! What speaking to other machines needs, whoever does it: credentials that are never shown, breakers for what fails, and
//! an HTTP client that goes nowhere but where it is meant to, and relays that measure what servers send.

mod address_guard;
#[cfg(any(feature = "postgres", feature = "mysql", feature = "ldap", feature = "nats"))]
mod authorities;
mod breaker;
mod client;
mod client_renewal;
mod connectivity_probe;
mod credential;
mod file_lock;
mod line_file;
mod mode;
mod panics;
mod platform_call;
mod platform_token;
pub mod relay;
mod small_file;

pub use address_guard::{AddressGuard, Names};
#[cfg(any(feature = "postgres", feature = "mysql", feature = "ldap", feature = "nats"))]
pub use authorities::client_config;
pub use breaker::{Breaker, Pass};
pub use client::{ANSWER_LIMIT_BYTES, Client, NoClient, Tls, basic, read_body, sensitive, told};
#[cfg(feature = "otel")]
pub use client::{blocking, told_of_any};
pub use client_renewal::RenewedClient;
pub use connectivity_probe::probe_connection;
pub use credential::{Credential, NoCredential};
pub use file_lock::{FileLock, NotLocked};
pub use line_file::{LineFile, aside, aside_of};
pub use mode::Mode;
pub use panics::tell_panics_of;
pub use platform_call::{PlatformAnswer, PlatformCall};
pub use platform_token::{Signing, platform_claims, sign};
pub use small_file::{read_pem, read_small_bytes, read_small_file};
