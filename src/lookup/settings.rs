//! The settings of lookups over the network: connections, and how long events wait for them.

use std::sync::Arc;

use super::kind::Target;
use crate::diagnostic::Place;
use crate::rule::ConnectionKind;

/// The settings of lookups; gateway.yaml explains each.
#[derive(Clone, Debug)]
pub struct Settings {
    pub connections: Vec<Connection>,
    /// How often one event may ask: the answers to its first questions can lead to further ones.
    pub round_limit: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { connections: Vec::new(), round_limit: 8 }
    }
}

/// A connection by its name.
#[derive(Clone, Debug)]
pub struct Connection {
    pub name: String,
    /// The name in gateway.yaml.
    pub place: Place,
    pub kind: ConnectionKind,
    /// Where it leads.
    pub target: Arc<dyn Target>,
}
