//! The numbers for Prometheus.

use std::fmt;

use super::watched::Watched;
use crate::telemetry::metrics::render;

/// What the page is, for who reads it.
pub(super) const CONTENT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The page.
pub(super) async fn metrics(watched: &Watched) -> Result<String, fmt::Error> {
    if let Some(outbox) = watched.gateway.outbox() {
        outbox.take_stock().await;
    }
    render(watched.measured.clone())
}
