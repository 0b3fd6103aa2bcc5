//! Converts spans to those of OpenTelemetry.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::SystemTime;

use jiff::Timestamp;
use opentelemetry::trace::{
    Span as _, SpanBuilder, SpanContext, SpanId, SpanKind, Status, TraceContextExt as _, TraceFlags, TraceId,
    TraceState, Tracer as _, TracerProvider as _,
};
use opentelemetry::{Context, KeyValue, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracer, SdkTracerProvider};

use super::collector::Collector;
use super::kind::Kind;
use super::queue::Queue;
use super::settings::{NoTracer, Settings};
use super::tally::Tally;
use crate::event::Trace;
use crate::telemetry::build::BUILD;

/// Makes spans and has a thread of the library bring them, many at once, to the collector.
#[derive(Clone, Debug)]
pub(super) struct Provider {
    provider: SdkTracerProvider,
    maker: Arc<Maker>,
}

#[derive(Debug)]
struct Maker {
    tracer: SdkTracer,
    tally: Arc<Tally>,
}

/// A span that has not ended; it ends when the last copy is dropped.
#[derive(Clone, Debug)]
pub(super) struct Open {
    maker: Arc<Maker>,
    context: Context,
}

impl Provider {
    pub(super) fn open(address: &str, settings: &Settings, tally: &Arc<Tally>) -> Result<Self, NoTracer> {
        let collector = Collector::open(address, settings, Arc::clone(tally))?;
        let version = KeyValue::new("service.version", BUILD.version);
        let resource = Resource::builder().with_service_name(settings.service.clone()).with_attribute(version).build();
        let share = Sampler::TraceIdRatioBased(f64::from(settings.sample_percent) / 100.0);
        let provider = SdkTracerProvider::builder()
            .with_sampler(Sampler::ParentBased(Box::new(share)))
            .with_resource(resource)
            .with_span_processor(Queue::new(collector, tally))
            .build();
        let maker = Arc::new(Maker { tracer: provider.tracer("hookgate"), tally: Arc::clone(tally) });
        Ok(Self { provider, maker })
    }

    pub(super) fn begin(&self, kind: Kind, name: String, came: Option<&Trace>, began: Timestamp) -> Open {
        let elsewhere = came.and_then(remote).map(|parent| Context::new().with_remote_span_context(parent));
        let span = SpanBuilder::from_name(name).with_kind(span_kind(kind)).with_start_time(SystemTime::from(began));
        Open::started(&self.maker, span, &elsewhere.unwrap_or_default())
    }

    pub(super) fn stop(&self) {
        // What could not be brought was told by the collector.
        let _ = self.provider.shutdown();
    }
}

impl Open {
    fn started(maker: &Arc<Maker>, span: SpanBuilder, parent: &Context) -> Self {
        let span = maker.tracer.build_with_context(span, parent);
        if span.is_recording() {
            maker.tally.made.fetch_add(1, Ordering::Relaxed);
        }
        Self { maker: Arc::clone(maker), context: Context::new().with_span(span) }
    }

    pub(super) fn child(&self, kind: Kind, name: String) -> Self {
        Self::started(&self.maker, SpanBuilder::from_name(name).with_kind(span_kind(kind)), &self.context)
    }

    pub(super) fn note(&self, key: &'static str, value: Value) {
        self.context.span().set_attribute(KeyValue::new(key, value));
    }

    pub(super) fn fail(&self, why: String) {
        self.context.span().set_status(Status::Error { description: Cow::Owned(why) });
    }

    pub(super) fn recorded_id(&self) -> Option<String> {
        let span = self.context.span();
        let context = span.span_context();
        context.is_sampled().then(|| context.trace_id().to_string())
    }

    pub(super) fn trace(&self) -> Trace {
        let span = self.context.span();
        let context = span.span_context();
        Trace {
            id: context.trace_id().to_string(),
            parent: context.span_id().to_string(),
            is_sampled: context.is_sampled(),
            state: context.trace_state().header(),
        }
    }
}

fn span_kind(kind: Kind) -> SpanKind {
    match kind {
        Kind::Server => SpanKind::Server,
        Kind::Client => SpanKind::Client,
        Kind::Internal => SpanKind::Internal,
    }
}

/// The caller's span; a state that the library does not read is left out.
fn remote(trace: &Trace) -> Option<SpanContext> {
    let flags = TraceFlags::default().with_sampled(trace.is_sampled);
    let state: TraceState = trace.state.parse().unwrap_or_default();
    let (id, span) = (TraceId::from_hex(&trace.id).ok()?, SpanId::from_hex(&trace.parent).ok()?);
    Some(SpanContext::new(id, span, flags, true, state))
}
