//! The settings of the admin listener.

use std::net::{Ipv4Addr, SocketAddr};

use crate::outside::Credential;

/// Settings of the admin listener.
#[derive(Clone, Debug)]
pub struct AdminSettings {
    /// Where to listen; nowhere without it. Port 0 takes any free one.
    pub listen: Option<SocketAddr>,
    /// What has to be known to ask; where other machines reach the address there must be one.
    pub token: Option<Credential>,
}

impl Default for AdminSettings {
    fn default() -> Self {
        Self { listen: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 8081))), token: None }
    }
}
