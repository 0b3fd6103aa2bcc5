//! The door for machines: HTTP/1.1 in front of the gateway, with a limit on everything a caller can spend.

mod addresses;
mod admin;
mod answer;
mod app;
mod auth;
mod body;
mod callers;
mod clock;
mod connection;
mod converse;
mod counters;
mod door;
mod error;
mod files;
mod guard;
mod http;
mod id;
mod line;
mod memory;
mod peer;
mod places;
mod reaper;
mod refusal;
mod requests;
mod routes;
mod run;
mod settings;
mod tls;
mod told;
mod turns;
mod visit;
mod weight;

pub use admin::{Admin, AdminError, AdminSettings, Watched, obstacle as admin_obstacle, start as start_admin};
pub use auth::{
    AuthSettings, CertificateNames, Claim, Guarded, JwksSettings, JwtAlgorithm, JwtKey, JwtSecret, JwtSettings,
    OwnMethods, Reason, Require, SecretHeader, Trouble, Whose, probe_jwks,
};
pub use counters::Counters;
pub use door::Answering;
pub use error::Error;
pub use run::{Server, Stopper, bind, bind_answering, obstacles};
pub use settings::{PerCaller, Settings};
pub use tls::{ClientCertificates, NoTls, TlsSettings, TlsVersion};
