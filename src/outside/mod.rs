//! What all code that calls other machines shares: credentials, an HTTP client, breakers, relays, files.
//!
//! - How are credentials kept? `credential.rs`; clients that follow their files: `client_renewal.rs`.
//! - Which addresses may be called? `address_guard.rs`, inside the client of `client.rs`. Which certificates are
//!   trusted? `authorities.rs`.
//! - When is a source left alone? `breaker.rs`. Is somebody there? `connectivity_probe.rs`.
//! - How much may a server send? `relay/`, between a client library and its server: `copy.rs` moves bytes,
//!   `inspect_….rs` reads lengths, depth and columns of a protocol; limits: `limits.rs`, `watch.rs`; why it was
//!   closed: `excess.rs`.
//! - How do files grow, and who may read them? `line_file.rs`, `mode.rs`, `owner.rs`; one process at a time: `file_lock.rs`.
//! - How are other gateways asked? `admin_call.rs`.
//! - How is a gateway of this machine called behind TLS? `pinned.rs`.
//! - How is the platform played? `platform_call.rs`, `platform_token.rs`.

mod address_guard;
mod admin_call;
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
mod owner;
mod panics;
mod pinned;
mod platform_call;
mod platform_token;
pub mod relay;
mod small_file;

pub use address_guard::{AddressGuard, Names};
pub use admin_call::AdminClient;
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
pub use owner::chown_like;
pub use panics::tell_panics_of;
pub use pinned::{Pinned, pinned};
pub use platform_call::{OwnGateway, PlatformAnswer, PlatformCall};
pub use platform_token::{Signing, platform_claims, sign};
pub use small_file::{read_pem, read_small_bytes, read_small_file};
