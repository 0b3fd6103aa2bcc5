//! The journal: one record a decision, with all it depended on except secrets, sealed.
//!
//! - What is recorded of a decision? `content/outcome.rs`; written at once: `unsealed.rs`, `content/written.rs`; read
//!   again: `content/record.rs`; results of conditions on secrets: `content/on_secret.rs`.
//! - How are records written and rotated? `journal.rs` is a bounded queue, with the thread of `writer.rs` behind it;
//!   disk space: `room.rs`.
//! - How is a record sealed? `line.rs`, `chain.rs`, by the keys of `key/`.
//! - How is a record found? By the index beside each file, `index.rs`; found and opened: `archive.rs`; is all as it
//!   was written: `verify.rs`. A page of the newest: `page.rs`, from the end of each file, `backwards.rs`.
//! - How often did a rule decide? `hits.rs`, from the indexes.
//! - How is a person erased? `erase.rs` writes files anew that nobody else writes (`exclusive.rs`); what names a
//!   person: `content/person.rs`, `content/literals.rs`.

mod archive;
mod backwards;
mod beside;
mod chain;
mod content;
mod erase;
mod exclusive;
mod hits;
mod index;
#[expect(clippy::module_inception, reason = "the room is named after what it holds")]
mod journal;
mod key;
mod line;
mod page;
mod probe;
mod reading;
mod room;
mod settings;
mod trouble;
mod unsealed;
mod verify;
mod writer;

pub use archive::{Archive, Found, FoundEntries, Mark, Place, Query, Unread};
pub use content::{
    Fact, Outcome, Person, Record, RecordedDelivery, RecordedFact, RecordedOnSecret, RecordedOutcome, holder_of,
    name_of, name_of_person, value,
};
pub use erase::{Erased, erase, known};
pub use exclusive::Exclusive;
pub use hits::{Hit, Hits};
pub use journal::{Counts, Journal, NotBegun};
pub use key::Masters;
pub use line::{Clear, VERSION};
pub use page::{Cursor, NoCursor, Page, newest};
pub use probe::obstacle;
pub use reading::{files, is_journal};
pub use settings::Settings;
pub use trouble::Trouble;
pub use unsealed::Unsealed;
pub use verify::{Fault, Verified, verify};
