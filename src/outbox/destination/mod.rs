//! Destinations of gateway.yaml, and the kinds of receivers that reach them.

#[expect(clippy::module_inception, reason = "the folder is named after what the file holds")]
mod destination;
mod kind;
mod registry;
mod row;

pub use destination::Destination;
pub use kind::{ReceiverKind, Target, Usual};
pub use registry::{DESTINATION, destinations};
pub use row::{ACCEPTS, ESCAPE, ON_THE_WAY, PER_SECOND, RETRIES, TIMEOUT};
