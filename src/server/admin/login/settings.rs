//! The settings of the login to the console.

use std::path::PathBuf;

use ipnet::IpNet;

use super::rights::Rights;
use crate::outside::Credential;

/// Who may look at the console, and for how long.
#[derive(Clone, Debug)]
pub struct LoginSettings {
    /// People with a password.
    pub users: Vec<LoginUser>,
    /// Where people log in who have none here.
    pub oidc: Option<OidcSettings>,
    /// How long a session lasts, in minutes.
    pub session_minutes: u64,
    /// How long it lasts without a request, in minutes.
    pub idle_minutes: u64,
}

impl LoginSettings {
    /// Whether there is a way to log in.
    #[must_use]
    pub fn is_set_up(&self) -> bool {
        self.oidc.is_some() || !self.users.is_empty()
    }
}

impl Default for LoginSettings {
    fn default() -> Self {
        Self { users: Vec::new(), oidc: None, session_minutes: 480, idle_minutes: 30 }
    }
}

/// A user with a password.
#[derive(Clone, Debug)]
pub struct LoginUser {
    pub name: String,
    /// The hash of the password, as `hookgate console hash` prints it (PHC string of argon2id).
    pub password_hash: Credential,
    pub rights: Rights,
}

/// A provider of OpenID Connect.
#[derive(Clone, Debug)]
pub struct OidcSettings {
    /// Its name, letter by letter as its metadata and tokens have it.
    pub issuer: String,
    pub client_id: String,
    pub client_secret: Credential,
    /// The claim that gives rights.
    pub claim: String,
    /// Each value of the claim that gives rights.
    pub rights: Vec<(String, Rights)>,
    /// Private networks that the provider's names may lead to.
    pub allow: Vec<IpNet>,
    /// A PEM file with certificate authorities, beside those of the system.
    pub ca: Option<PathBuf>,
}
