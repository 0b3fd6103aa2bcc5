//! Scripts: Rhai in a box with walls. Whatever a script does ends that script and nothing else.

mod analysis;
mod capture;
mod chain;
mod change;
mod compile;
mod convert;
mod engine;
mod failure;
mod foreign;
mod in_place;
mod library;
mod limit;
mod lowered;
mod methods;
mod mistake;
mod reads;
mod run;
mod spelling;
mod state;
mod sum;
mod sum_of_date;
mod suspect;
mod unknown;
mod veiled;
mod verb;
mod verb_call;

pub use compile::{Form, Script};
pub use engine::Scripts;
pub use failure::Failure;
pub use foreign::word as foreign_word;
pub use limit::{
    SCRIPT_LIMIT_BYTES, SCRIPT_LIMIT_MILLISECONDS, SCRIPT_LIMIT_MILLISECONDS_MOST, SCRIPT_LIMIT_OPERATIONS,
    ScriptBudget,
};
pub use lowered::Lowered;
pub use mistake::Mistake;
pub use run::{Inputs, Outcome, Run};
pub use state::{Answers, Question};
pub use verb::{VERB_FUNCTIONS, Verb};
