//! Traces: the spans of an event. Without the feature `otel` none is made, and a caller's trace is still passed on.

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
