//! The bounded queue of spans that wait for the collector; the library's own does not count what it drops.

use std::sync::Arc;
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, Span, SpanData, SpanExporter, SpanProcessor};

use super::tally::{QUEUE_LIMIT_SPANS, Tally};

/// Hands spans on to the library's own queue, no more than it takes.
#[derive(Debug)]
pub(super) struct Queue<P> {
    inner: P,
    tally: Arc<Tally>,
}

impl Queue<BatchSpanProcessor> {
    /// A queue in front of this collector, whose thread brings many spans at once.
    pub(super) fn new(collector: impl SpanExporter + 'static, tally: &Arc<Tally>) -> Self {
        let batches = BatchConfigBuilder::default().with_max_queue_size(QUEUE_LIMIT_SPANS).build();
        let inner = BatchSpanProcessor::builder(collector).with_batch_config(batches).build();
        Self { inner, tally: Arc::clone(tally) }
    }
}

impl<P: SpanProcessor> SpanProcessor for Queue<P> {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.inner.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        if span.span_context.is_sampled() && self.tally.has_room() {
            self.inner.on_end(span);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.inner.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}
