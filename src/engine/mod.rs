//! Decides events by the rules, as a pure function, and says why.

mod act;
mod asking;
mod change;
mod decide;
mod decision;
mod delivery;
mod draft;
mod evaluate;
mod facts;
mod given;
mod halt;
mod matching;
mod on_secret;
mod recording;
mod secrecy;
mod send;
mod table;
pub mod testing;
mod trace;

pub use change::Change;
pub use decide::{decide, explain};
pub use decision::{Audit, Decision, Failure, Skipped, Undecidable, Verdict};
pub use delivery::Delivery;
pub use facts::{Answer, Asks, Facts, OnSecret, Question, key_identity, key_text};
pub use given::{Deciding, GivenFacts, asks_too_often, unanswered};
pub use recording::{Note, Notes, Recorded, Recording};
pub use trace::{Asked, Found, Outcome, RuleTrace, Why};
