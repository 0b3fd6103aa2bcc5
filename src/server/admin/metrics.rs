//! The page `/metrics` for Prometheus.

use std::fmt;
use std::time::Duration;

use super::watched::Watched;
use crate::telemetry::metrics::render;

/// What the page is, for who reads it.
pub(super) const CONTENT: &str = "text/plain; version=0.0.4; charset=utf-8";
/// How long storing something to find out may take.
const STORE_LIMIT: Duration = Duration::from_secs(2);

/// The page.
pub(super) async fn metrics(watched: &Watched) -> Result<String, fmt::Error> {
    if let Some(outbox) = watched.gateway.outbox() {
        // Trouble that has passed is seen to have passed, although no event comes and nobody asks for `/ready`.
        let _ = tokio::time::timeout(STORE_LIMIT, outbox.is_ready()).await;
        outbox.take_stock().await;
    }
    render(watched.measured.clone())
}
