//! The settings of traces, and why they may have no effect.

use std::path::PathBuf;

use crate::outside::Credential;

/// The settings of traces; gateway.yaml explains each.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where traces go, in OTLP over HTTP; none: none are made.
    pub collector: Option<String>,
    /// With every call of the collector.
    pub headers: Vec<(String, Credential)>,
    /// A PEM file with authorities that vouch for the collector.
    pub ca: Option<PathBuf>,
    /// How many of a hundred events are recorded where the caller does not say.
    pub sample_percent: u8,
    /// What the traces say they come from.
    pub service: String,
    /// Longest time that one call of the collector takes, in milliseconds.
    pub timeout_ms: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            collector: None,
            headers: Vec::new(),
            ca: None,
            sample_percent: 100,
            service: "hookgate".to_owned(),
            timeout_ms: 10_000,
        }
    }
}

/// Why there are no traces: in words, never with a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoTracer {
    pub message: String,
    pub help: String,
}
