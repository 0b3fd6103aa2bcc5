//! The settings of the admin listener.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use super::login::LoginSettings;
use crate::outside::Credential;
use crate::server::tls::TlsSettings;

/// Settings of the admin listener.
#[derive(Clone, Debug)]
pub struct AdminSettings {
    /// Where to listen; nowhere without it. Port 0 takes any free one.
    pub listen: Option<SocketAddr>,
    /// What has to be known to ask; where other machines reach the address there must be one.
    pub token: Option<Credential>,
    /// Other gateways that the console shows beside this one.
    pub peers: Vec<Peer>,
    /// Whether there is a console.
    pub console: bool,
    /// How browsers reach it, as an origin: `https://hookgate.example.com:8081`.
    pub external_url: Option<String>,
    /// Whether and how connections are encrypted. Callers are asked for no certificates.
    pub tls: TlsSettings,
    /// Who may look at the console.
    pub login: LoginSettings,
}

/// The admin listener of another gateway.
#[derive(Clone, Debug)]
pub struct Peer {
    /// What it is called on pages.
    pub name: String,
    /// `http://10.1.2.3:8081`
    pub address: String,
    /// What has to be known to ask there.
    pub token: Option<Credential>,
    /// A PEM file with certificate authorities, beside those of the system.
    pub ca: Option<PathBuf>,
}

impl AdminSettings {
    /// Whether this machine alone reaches it.
    #[must_use]
    pub fn is_on_loopback(&self) -> bool {
        self.listen.is_some_and(|listen| listen.ip().to_canonical().is_loopback())
    }

    /// Whether its connections are encrypted.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.tls.certificate.is_some()
    }

    /// Whether browsers reach it by `https`, be it that something in front of it ends TLS.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.is_tls() || self.external_url.as_ref().is_some_and(|url| url.starts_with("https://"))
    }
}

impl Default for AdminSettings {
    fn default() -> Self {
        Self {
            listen: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 8081))),
            token: None,
            console: true,
            external_url: None,
            tls: TlsSettings::default(),
            login: LoginSettings::default(),
            peers: Vec::new(),
        }
    }
}
