//! Traces: what an event went through, part by part, for whoever collects them. Without the feature `otel` none is made, and a
//! caller's own is passed on all the same.

#[cfg(feature = "otel")]
mod collector;
#[cfg(feature = "otel")]
mod heard;
mod kind;
#[cfg(feature = "otel")]
mod otel;
mod probe;
#[cfg(feature = "otel")]
mod queue;
mod settings;
mod span;
mod tally;
mod tracer;

pub use kind::Kind;
pub use probe::probe;
pub use settings::{NoTracer, Settings};
pub use span::Span;
pub use tracer::Tracer;
