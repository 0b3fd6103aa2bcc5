//! The HTTP/1.1 server in front of the gateway, with a limit on everything a caller can spend.
//!
//! - How does a connection become requests? `connection/listener.rs` accepts, `connection/conversation.rs` reads one
//!   request after the other; bytes: `wire.rs`, a head: `head.rs`, the end of a body: `framing.rs`.
//! - How does a request become an answer? `request/routes.rs`; why one is refused: `request/refusal.rs`; what the log
//!   says: `request/log.rs`.
//! - Who may call? `auth/gates.rs` chooses the methods, `auth/gate.rs` combines them, one a file: `jwt.rs`,
//!   `secret.rs`, `certificate.rs`, `address.rs`; the address behind proxies: `auth/origin.rs`; reasons:
//!   `auth/reason.rs`.
//! - What happens when too much comes at once? `admission/concurrency_limit.rs`, `admission/scheduler.rs`,
//!   `admission/rate_limit.rs`; memory: `admission/memory.rs`, `admission/weight.rs`.
//! - Which connections are closed? `connection/idle_timeout.rs`, `connection/per_address.rs`,
//!   `connection/descriptors.rs`.
//! - How are connections encrypted? `tls/`: files (`files.rs`), configuration (`material.rs`, `in_force.rs`), renewal
//!   (`renewal.rs`), handshake (`handshake.rs`).
//! - What do `/live`, `/ready`, `/rules`, `/callers` and `/reload` answer? `admin/`, a page a file; who may ask:
//!   `admin/token.rs`; under which names, and from which sites: `admin/origin_check.rs`. Its connections: `admin/listener.rs`.
//! - Who may look at the console? `admin/login/`; which of its forms are read: `admin/forms.rs`.
//! - What is remembered of the newest calls for `/callers`? `newest.rs`.

mod admin;
mod admission;
mod auth;
mod connection;
mod counters;
mod error;
mod newest;
mod request;
mod run;
mod settings;
mod shared;
mod tls;

pub use admin::{
    Admin, AdminError, AdminSettings, CONSOLE, FORMS_LIMIT_BYTES, Login, LoginSettings, LoginUser, NoConsole,
    OidcSettings, Peer, Rights, STREAM_LIMIT, Site, Visit, Visitor, Watched, Ways, callers, guard, hash_password,
    obstacle as admin_obstacle, start as start_admin,
};
pub use auth::{
    AuthSettings, CertificateNames, Claim, Guarded, JwksSettings, JwtAlgorithm, JwtKey, JwtSecret, JwtSettings,
    OwnMethods, Reason, Require, SecretHeader, Trouble, Whose, probe_jwks,
};
pub use counters::Counters;
pub use error::Error;
pub use run::{Server, Stopper, bind, bind_answering, is_taken, obstacles};
pub use settings::{PerCaller, Settings};
pub use shared::Answering;
pub use tls::{ClientCertificates, NoTls, TlsSettings, TlsVersion, names_instead_of};
