//! Decides events by the rules, as a pure function, and says why.
//!
//! - How is an event decided? `decide.rs`; conditions: `matching.rs`; values: `evaluate.rs`; tables: `table.rs`; the
//!   state of the event: `draft.rs`; of the rule: `rule_run.rs`.
//! - What does a rule do? `act.rs` evaluates its actions to verbs, `perform.rs` performs them; lists: `element.rs`.
//! - What does a rule send, and what is answered where no rule decides, or one fails? `decision.rs`.
//! - What becomes of a date that cannot be read, or an answer that is not there yet? `interrupted.rs`.
//! - What remains of a rule that is skipped where it fails? Nothing: `draft.rs` restores what was before it.
//! - How does the engine ask a lookup? `facts.rs`, `asking.rs`; answers of a test or a file: `given.rs`; recorded:
//!   `recording.rs`.
//! - Where may a secret go? `secrecy.rs`; what depends on one that is not there: `on_secret.rs`.
//! - Why did a rule hold or not? `trace.rs`.
//! - How does a test run, and what does it reach? `testing/case.rs`, `testing/coverage.rs`.

mod act;
mod asking;
mod change;
mod decide;
mod decision;
mod draft;
mod element;
mod evaluate;
mod facts;
mod given;
mod interrupted;
mod matching;
mod on_secret;
mod perform;
mod recording;
mod rule_run;
mod secrecy;
mod table;
pub mod testing;
mod trace;

pub use change::Change;
pub use decide::{decide, explain};
pub use decision::{Audit, Decision, Delivery, Failure, Refusal, Skipped, Undecidable, Verdict, refusals};
pub use facts::{Answer, Asks, Facts, OnSecret, Question, key_identity, key_text};
pub use given::{Deciding, GivenFacts, asks_too_often, unanswered};
pub use recording::{Note, Notes, Recorded, Recording};
pub use trace::{Asked, Found, Outcome, RuleTrace, Why};
