//! The contents of a record: the event, its facts, its outcome and its person.

mod literals;
mod on_secret;
mod outcome;
mod person;
mod record;
mod written;

pub use on_secret::{RecordedOnSecret, name_of};
pub use outcome::{Fact, Outcome};
pub use person::{Person, holder_of, name_of_person};
pub use record::{Record, RecordedDelivery, RecordedFact, RecordedOutcome, value};
pub use written::write;
