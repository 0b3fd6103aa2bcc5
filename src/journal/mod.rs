//! The memory: one record a decision, in which tokens stand in place of what says who it was about.

mod happening;
#[expect(clippy::module_inception, reason = "the room is named after what it holds")]
mod journal;
mod key;
mod plain;
mod probe;
mod reading;
mod record;
mod settings;
mod tokenised;
mod trouble;
mod writer;

pub use happening::{Fact, Happening, Outcome};
pub use journal::{Counts, Journal};
pub use key::Key;
pub use plain::Plain;
pub use probe::obstacle;
pub use reading::{Line, Lines, files, find};
pub use record::{Record, RecordedDelivery, RecordedFact, RecordedOutcome, VERSION, value};
pub use settings::Settings;
pub use tokenised::Tokenised;
pub use trouble::Trouble;
