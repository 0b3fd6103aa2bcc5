//! Begins spans, and passes them to the collector.

use std::fmt::Arguments;
use std::sync::Arc;

use jiff::Timestamp;

use super::kind::Kind;
use super::settings::{NoTracer, Settings};
use super::span::Span;
use super::tally::Tally;
use crate::event::Trace;
use crate::telemetry::metrics::{Measured, Page};

#[cfg(feature = "otel")]
use super::otel::Provider;

/// Makes spans. By default, and without a collector, it records none.
#[derive(Clone, Debug, Default)]
pub struct Tracer {
    tally: Arc<Tally>,
    #[cfg(feature = "otel")]
    provider: Option<Provider>,
}

impl Tracer {
    /// Makes ready what the settings say; the collector is not called yet.
    ///
    /// # Errors
    /// An address or a credential that cannot be used, no thread, or a build without the feature `otel`.
    pub fn open(settings: &Settings) -> Result<Self, NoTracer> {
        match &settings.collector {
            None => Ok(Self::default()),
            #[cfg(feature = "otel")]
            Some(address) => {
                let tally = Arc::default();
                let provider = Some(Provider::open(address, settings, &tally)?);
                Ok(Self { tally, provider })
            }
            #[cfg(not(feature = "otel"))]
            Some(_) => Err(NoTracer {
                message: "this build of hookgate records no traces".to_owned(),
                help: "build it with `--features otel`, or with `--features full` for everything; or leave \
                       `traces.collector` out"
                    .to_owned(),
            }),
        }
    }

    /// A span that is no part of another of this process; `came` is what it is a part of elsewhere.
    #[must_use]
    pub fn begin(&self, kind: Kind, name: Arguments<'_>, came: Option<Arc<Trace>>, began: Timestamp) -> Span {
        #[cfg(feature = "otel")]
        if let Some(provider) = &self.provider {
            return Span::recorded(provider.begin(kind, name.to_string(), came.as_deref(), began));
        }
        let _ = (kind, name, began);
        Span::unrecorded(came)
    }

    /// Brings what has ended to the collector; takes 5 seconds at most. Nothing is recorded afterwards.
    pub fn stop(&self) {
        #[cfg(feature = "otel")]
        if let Some(provider) = &self.provider {
            provider.stop();
        }
    }
}

impl Measured for Tracer {
    fn tell(&self, page: &mut Page<'_>) {
        self.tally.tell(page);
    }
}
