//! The HTTP/1.1 server in front of the gateway, with a limit on everything a caller can spend.

mod admin;
mod admission;
mod auth;
mod connection;
mod counters;
mod error;
mod request;
mod run;
mod settings;
mod shared;
mod tls;

pub use admin::{Admin, AdminError, AdminSettings, Watched, obstacle as admin_obstacle, start as start_admin};
pub use auth::{
    AuthSettings, CertificateNames, Claim, Guarded, JwksSettings, JwtAlgorithm, JwtKey, JwtSecret, JwtSettings,
    OwnMethods, Reason, Require, SecretHeader, Trouble, Whose, probe_jwks,
};
pub use counters::Counters;
pub use error::Error;
pub use run::{Server, Stopper, bind, bind_answering, obstacles};
pub use settings::{PerCaller, Settings};
pub use shared::Answering;
pub use tls::{ClientCertificates, NoTls, TlsSettings, TlsVersion};
