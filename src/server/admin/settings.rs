//! The settings of the admin listener.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use crate::outside::Credential;

/// Settings of the admin listener.
#[derive(Clone, Debug)]
pub struct AdminSettings {
    /// Where to listen; nowhere without it. Port 0 takes any free one.
    pub listen: Option<SocketAddr>,
    /// What has to be known to ask; where other machines reach the address there must be one.
    pub token: Option<Credential>,
    /// Other gateways that the console shows beside this one.
    pub peers: Vec<Peer>,
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

impl Default for AdminSettings {
    fn default() -> Self {
        Self { listen: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 8081))), token: None, peers: Vec::new() }
    }
}
