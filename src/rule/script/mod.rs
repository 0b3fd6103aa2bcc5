//! Scripts in Rhai, with limits: whatever a script does ends that script and nothing else.

mod check;
mod compile;
mod convert;
mod engine;
mod failure;
mod library;
mod limit;
mod lowered;
mod reads;
mod run;
mod secret;
mod state;
mod sum;
mod unknown;
mod verb;
mod verb_call;

pub use check::{Mistake, word as foreign_word};
pub use compile::{Form, Script};
pub use engine::Scripts;
pub use failure::Failure;
pub use limit::{
    SCRIPT_LIMIT_BYTES, SCRIPT_LIMIT_MILLISECONDS, SCRIPT_LIMIT_MILLISECONDS_MOST, SCRIPT_LIMIT_OPERATIONS,
    ScriptBudget,
};
pub use lowered::Lowered;
pub use run::{Inputs, Outcome, Run};
pub use state::{Answers, Question};
pub use verb::{VERB_FUNCTIONS, Verb};
