//! The memory: one record a decision, with all that it depended on but secrets.

mod happening;
#[expect(clippy::module_inception, reason = "the room is named after what it holds")]
mod journal;
mod key;
mod on_secret;
mod probe;
mod reading;
mod record;
mod settings;
mod trouble;
mod writer;

pub use happening::{Fact, Happening, Outcome};
pub use journal::{Counts, Journal};
pub use key::Key;
pub use on_secret::{RecordedOnSecret, name_of};
pub use probe::obstacle;
pub use reading::{Line, Lines, files, find};
pub use record::{Record, RecordedDelivery, RecordedFact, RecordedOutcome, VERSION, value};
pub use settings::Settings;
pub use trouble::Trouble;
