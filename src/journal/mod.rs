//! The memory: one record a decision, with all that it depended on but secrets, sealed.

mod archive;
mod beside;
mod chain;
mod erase;
mod exclusive;
mod index;
#[expect(clippy::module_inception, reason = "the room is named after what it holds")]
mod journal;
mod key_file;
mod line;
mod literals;
mod masters;
mod on_secret;
mod outcome;
mod person;
mod probe;
mod reading;
mod record;
mod room;
mod seal;
mod settings;
mod trouble;
mod unsealed;
mod verify;
mod writer;

pub use archive::{Archive, Found, Mark, Place, Places, Query, Unread};
pub use erase::{Erased, erase, known};
pub use exclusive::Exclusive;
pub use journal::{Counts, Journal};
pub use line::{Clear, VERSION};
pub use masters::Masters;
pub use on_secret::{RecordedOnSecret, name_of};
pub use outcome::{Fact, Outcome};
pub use person::{Person, holder_of, name_of_person};
pub use probe::obstacle;
pub use reading::{files, is_journal};
pub use record::{Record, RecordedDelivery, RecordedFact, RecordedOutcome, value};
pub use settings::Settings;
pub use trouble::Trouble;
pub use unsealed::Unsealed;
pub use verify::{Fault, Verified, verify};
