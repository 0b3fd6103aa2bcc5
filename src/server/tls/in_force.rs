//! The TLS configuration for new connections, swapped as a whole; existing connections keep theirs.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use arc_swap::ArcSwap;
use rustls::ServerConfig;

use super::material::Material;
use crate::server::counters::Counters;

/// What is in force.
pub(in crate::server) struct InForce {
    config: ArcSwap<ServerConfig>,
    counters: Arc<Counters>,
}

impl InForce {
    pub(super) fn new(material: Material, counters: Arc<Counters>) -> Self {
        counters.certificate_expires_s.store(material.expires.as_second(), Ordering::Relaxed);
        Self { config: ArcSwap::new(material.config), counters }
    }

    /// From now on new connections get this.
    pub(super) fn replace(&self, material: Material) {
        self.counters.certificate_expires_s.store(material.expires.as_second(), Ordering::Relaxed);
        self.config.store(material.config);
    }

    pub(super) fn config(&self) -> Arc<ServerConfig> {
        self.config.load_full()
    }
}
