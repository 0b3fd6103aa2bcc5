//! Authentication: decides who may call, before a body is read and before any rule runs.

mod address;
mod authorization;
mod certificate;
mod claims;
mod gate;
mod gates;
mod jwks;
mod jwt;
mod key;
mod origin;
mod reason;
mod renewal;
mod secret;
mod settings;
mod token;
mod trouble;
mod verdict;

pub(super) use gate::{Admitted, Head, Judged};
pub(super) use jwks::Jwks;
pub use jwks::probe_jwks;
pub(super) use jwt::{Jwt, Verified};
pub(super) use origin::origin;
pub use reason::Reason;
pub(super) use renewal::{InForce, Renewal};
pub use settings::{
    AuthSettings, CertificateNames, Claim, Guarded, JwksSettings, JwtAlgorithm, JwtKey, JwtSecret, JwtSettings,
    OwnMethods, Require, SecretHeader, Whose,
};
pub use trouble::Trouble;
pub(super) use verdict::Verdict;
