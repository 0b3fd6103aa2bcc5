//! The state of one script run, kept in its thread while it lasts.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rhai::{Dynamic, EvalAltResult, Position};

use super::limit::{SCRIPT_FEW_OPERATIONS, SCRIPT_LIMIT_SLOW_MILLISECONDS, ScriptBudget};
use super::verb::Verb;
use crate::event::Value;
use crate::rule::function::Clock;

/// Answers to lookups, by the lookup's name, its key as JSON, and whether all rows are wanted; null where nothing was found.
pub type Answers = HashMap<(String, String, bool), Value<'static>>;

/// By which `lookup` is asked for all rows, and what is said of any other word there.
pub(super) const ALL_ROWS: &str = "all";
pub(super) const NOT_ALL_ROWS: &str = "the third value of `lookup` is \"all\", for the list of all rows";

/// What a script wants to know of a lookup.
#[derive(Clone, Debug)]
pub struct Question {
    pub lookup: String,
    pub key: Value<'static>,
    /// Whether all rows are wanted, as a list, and not the first alone.
    pub all: bool,
}

/// The state of a run.
pub(super) struct State {
    pub(super) clock: Clock,
    pub(super) answers: Arc<Answers>,
    /// Custom attributes that the script names literally.
    pub(super) attributes: Vec<(Box<str>, Dynamic)>,
    /// `user.attributes`, for names that are only known at run time.
    pub(super) all_attributes: Value<'static>,
    pub(super) verbs: Vec<Verb<'static>>,
    pub(super) questions: Vec<Question>,
    /// Whether a secret was made into plain text, which fails the script at its end: the engine hears no error there.
    pub(super) shows_secret: bool,
    /// The last error of one of our own functions: safe to show, unlike what a script throws.
    told: Option<String>,
    /// The first date that a function could not read, in words.
    pub(super) unreadable: Option<String>,
    /// Texts of the script that stand for the event's own time.
    pub(super) own_times: Vec<String>,
    /// Whether something absent was compared after that.
    pub(super) compares_unreadable: bool,
}

impl State {
    pub(super) fn new(clock: Clock, answers: Arc<Answers>) -> Self {
        Self {
            clock,
            answers,
            attributes: Vec::new(),
            all_attributes: Value::Null,
            verbs: Vec::new(),
            questions: Vec::new(),
            shows_secret: false,
            told: None,
            unreadable: None,
            own_times: Vec::new(),
            compares_unreadable: false,
        }
    }

    /// Whether this text is the message of one of our own functions.
    pub(super) fn has_told(&self, text: &str) -> bool {
        self.told.as_deref() == Some(text)
    }
}

thread_local! {
    static CURRENT: RefCell<Option<State>> = const { RefCell::new(None) };
    static BEGUN: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// A run that has begun; ends when dropped, also by a panic.
pub(super) struct Guard(());

/// Begins a run; its time begins too.
pub(super) fn begin(state: State) -> Guard {
    CURRENT.set(Some(state));
    BEGUN.set(Some(Instant::now()));
    Guard(())
}

impl Guard {
    /// Ends the run.
    pub(super) fn end(self) -> Option<State> {
        let state = CURRENT.take();
        drop(self);
        state
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        CURRENT.set(None);
        BEGUN.set(None);
    }
}

/// Whether this thread's run has spent its time, after so many operations.
pub(super) fn is_late(operations: u64, budget: ScriptBudget) -> bool {
    let few = SCRIPT_LIMIT_SLOW_MILLISECONDS.max(budget.milliseconds);
    let limit = if operations < SCRIPT_FEW_OPERATIONS { few } else { budget.milliseconds };
    BEGUN.get().is_some_and(|begun| begun.elapsed() >= Duration::from_millis(limit))
}

/// Looks at this thread's run.
pub(super) fn with<R>(look: impl FnOnce(&mut State) -> R) -> Result<R, Box<EvalAltResult>> {
    CURRENT.with_borrow_mut(|state| state.as_mut().map(look)).ok_or_else(|| "no run is on its way".into())
}

/// An error of one of our own functions.
#[expect(clippy::unnecessary_box_returns, reason = "the script engine wants its errors boxed")]
pub(super) fn tell(message: String) -> Box<EvalAltResult> {
    let _ = with(|state| state.told = Some(message.clone()));
    Box::new(EvalAltResult::ErrorRuntime(message.into(), Position::NONE))
}
