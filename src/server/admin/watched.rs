//! What the admin pages read: the gateway, the reloader, counters, and everything that has metrics.

use std::sync::Arc;

use crate::gateway::{Gateway, ReloadHandle, Sets};
use crate::server::counters::Counters;
use crate::telemetry::metrics::{History, Measured};

/// What the admin listener looks at.
#[derive(Clone, Debug)]
pub struct Watched {
    pub gateway: Arc<Gateway>,
    pub reload: ReloadHandle,
    /// Rules that were in force and can be gone back to; none where nothing is kept.
    pub sets: Option<Sets>,
    pub counters: Arc<Counters>,
    /// Everything that has numbers for `/metrics`, in the order in which they are written.
    pub measured: Vec<Arc<dyn Measured>>,
    /// The last hour; the admin listener takes its snapshots.
    pub history: Arc<History>,
}
