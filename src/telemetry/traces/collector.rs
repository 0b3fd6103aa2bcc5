//! Sends spans to the collector over OTLP, and reports when that fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry_otlp::{Protocol, SpanExporter as Otlp, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use secrecy::SecretString;

use super::heard::{Cause, Heard, Unsaid};
use super::settings::{NoTracer, Settings};
use super::tally::Tally;
use crate::outside::{NoClient, NoCredential, blocking};

/// Where a collector takes traces unless its address says otherwise (OTLP specification, "OTLP/HTTP Request").
const PATH: &str = "v1/traces";

/// Brings spans, and tells the log when that begins to fail and when it goes again.
#[derive(Debug)]
pub(super) struct Collector {
    inner: Otlp,
    is_failing: AtomicBool,
    tally: Arc<Tally>,
    cause: Cause,
}

impl Collector {
    /// Makes the way ready: credentials are read, nothing is called.
    pub(super) fn open(address: &str, settings: &Settings, tally: Arc<Tally>) -> Result<Self, NoTracer> {
        let limit = Duration::from_millis(settings.timeout_ms);
        let headers: Result<Vec<(String, SecretString)>, _> =
            settings.headers.iter().map(|(name, value)| Ok((name.clone(), value.resolve()?))).collect();
        let headers = headers.map_err(unset)?;
        let (client, mut address) = blocking(address, &headers, settings.ca.as_deref(), limit).map_err(unusable)?;
        if address.path() == "/" {
            address.set_path(PATH);
        }
        let cause = Cause::default();
        let inner = Otlp::builder()
            .with_http()
            .with_http_client(Heard::new(client, cause.clone()))
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(address)
            .with_timeout(limit)
            .build();
        let inner = inner.map_err(|error| NoTracer {
            message: format!("what brings traces to the collector cannot be made: {error}"),
            help: "see the address".to_owned(),
        })?;
        Ok(Self { inner, is_failing: AtomicBool::new(false), tally, cause })
    }

    fn tell(&self, outcome: &OTelSdkResult, spans: usize) {
        let (lost, cause) = match (outcome, self.cause.take()) {
            (Err(_), Some(Unsaid::Silence(cause))) => (spans, cause),
            (Err(error), _) => (spans, error.to_string()),
            (Ok(()), Some(Unsaid::Rejected(rejected))) => {
                (rejected.min(spans), format!("it answers that it rejects some of {spans}"))
            }
            (Ok(()), _) => (0, String::new()),
        };
        self.tally.ended(spans - lost, true);
        self.tally.ended(lost, false);
        let was_failing = self.is_failing.swap(lost > 0, Ordering::Relaxed);
        if lost > 0 && !was_failing {
            tracing::warn!(cause, spans = lost, "traces are lost: the collector does not take them");
        } else if lost == 0 && was_failing {
            tracing::info!("the collector takes traces again");
        }
    }
}

impl SpanExporter for Collector {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        let outcome = self.inner.export(batch).await;
        self.tell(&outcome, spans);
        outcome
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}

fn unset(why: NoCredential) -> NoTracer {
    let help = "set the variable, or write the file, for the process that runs hookgate";
    NoTracer { message: why.0, help: help.to_owned() }
}

fn unusable(why: NoClient) -> NoTracer {
    NoTracer { message: why.message, help: why.help.unwrap_or("see the address and `ca`").to_owned() }
}
