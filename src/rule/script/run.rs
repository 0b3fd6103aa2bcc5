//! Runs a script once: values in; a value and verbs, questions, or a failure out. It always ends.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use jiff::Timestamp;
use rhai::{Dynamic, Scope};

use super::compile::Script;
use super::convert::from_script;
use super::engine::Scripts;
use super::failure::{Failure, failure};
use super::limit::STACK_BYTES;
use super::reads::all_attributes;
use super::state::{self, Answers, Question, State};
use super::verb::Verb;
use crate::event::{Calendar, Value};
use crate::rule::function::Clock;

/// What a run is given.
#[derive(Clone, Debug)]
pub struct Inputs<'d> {
    /// In the order of [`Script::reads`]; nothing where a value is absent.
    pub reads: Vec<Option<Value<'d>>>,
    pub now: Timestamp,
    pub calendar: Calendar,
    pub answers: Arc<Answers>,
}

/// What a run came to.
#[derive(Clone, Debug)]
pub enum Run {
    Done(Outcome),
    /// It cannot go on without answers to these.
    Asks(Vec<Question>),
    Failed(Failure),
}

/// The end of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Null where the script came to nothing.
    pub value: Value<'static>,
    /// In the order they were called.
    pub verbs: Vec<Verb<'static>>,
    /// The first date that a function could not read, in words; its answer was absent.
    pub unreadable: Option<String>,
    /// Whether the script compared something absent with a value after that, so that nobody knows what it should have done.
    pub is_unknown: bool,
}

impl Scripts {
    /// Runs a script that this engine compiled.
    ///
    /// Takes at most the budget of this engine (50 ms and 50 000 operations unless set) and 64 MiB of stack; a script that wants more fails, as does one that panics.
    #[must_use]
    pub fn run(&self, script: &Script, inputs: Inputs<'_>) -> Run {
        // All values of the script live and die on the large stack: freeing deep nests recurses as printing them does.
        let run = catch_unwind(AssertUnwindSafe(|| stacker::grow(STACK_BYTES, || self.evaluate(script, inputs))));
        run.unwrap_or_else(|_| failed("a function of the script broke down".to_owned()))
    }

    fn evaluate(&self, script: &Script, inputs: Inputs<'_>) -> Run {
        let clock = Clock { now: inputs.now, calendar: inputs.calendar };
        let mut state = State::new(clock, inputs.answers);
        state.own_times.clone_from(&script.own_times);
        let mut scope = Scope::new();
        if let Err(why) = prepare(script, &inputs.reads, &mut state, &mut scope) {
            return failed(why);
        }
        let guard = state::begin(state);
        let result = self.engine.eval_ast_with_scope::<Dynamic>(&mut scope, &script.ast);
        let Some(state) = guard.end() else { return failed("the script lost its state".to_owned()) };
        if !state.questions.is_empty() {
            return Run::Asks(state.questions);
        }
        if state.shows_secret {
            return failed("a secret cannot be put into a text with `${…}` by a script; join them with `+`".to_owned());
        }
        match result {
            Ok(value) => match from_script(&value) {
                Ok(value) => Run::Done(Outcome {
                    value,
                    verbs: state.verbs,
                    unreadable: state.unreadable,
                    is_unknown: state.compares_unreadable,
                }),
                Err(why) => failed(why),
            },
            Err(error) => Run::Failed(failure(&error, script, &state, self.budget)),
        }
    }
}

fn prepare(
    script: &Script,
    values: &[Option<Value<'_>>],
    state: &mut State,
    scope: &mut Scope<'_>,
) -> Result<(), String> {
    let reads = &script.reads;
    reads.fill(scope, values)?;
    for (name, reading) in &reads.attributes {
        state.attributes.push((name.clone(), reads.convert(*reading, values)?));
    }
    if let Some(reading) = reads.all_attributes {
        state.all_attributes = all_attributes(reading, values).into_static();
    }
    Ok(())
}

fn failed(message: String) -> Run {
    Run::Failed(Failure { message, line_column: None })
}
