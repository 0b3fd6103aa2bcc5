//! Tells what a function never answers, by what its answers look like.

use jiff::Timestamp;

use super::answers::Answering;
use super::clock::Clock;
use super::table::Function;
use crate::event::{Calendar, Value, folded, same_text};
use crate::rule::condition::At;

/// Why an answer is never a text or never has it as a part.
#[derive(Debug, PartialEq, Eq)]
pub enum Never {
    /// The function would answer this in its place.
    But(String),
    /// No answer looks so.
    AtAll,
}

impl Function {
    /// Why no answer is this text (`at` is `None`) or has it there. `further` are the values of the call behind the
    /// first; `None` where some are only known when it runs.
    #[must_use]
    pub fn never_answers(
        &self,
        text: &str,
        at: Option<At>,
        further: Option<&[Value<'static>]>,
        ignore_case: bool,
    ) -> Option<Never> {
        let same = |one: &str, other: &str| same_text(one, other) || ignore_case && folded(one) == folded(other);
        let of_itself = || {
            let first = Value::text(text);
            let values: Vec<Value<'_>> = std::iter::once(first).chain(further?.iter().cloned()).collect();
            match self.call(&values, &any_clock()) {
                Ok(Value::Text(answer)) if same(&answer, text) => None,
                Ok(Value::Text(answer)) if !answer.is_empty() => Some(Never::But(answer.to_string())),
                _ => Some(Never::AtAll),
            }
        };
        match (self.answers(), at) {
            (Answering::Anything | Answering::Words(_), _) => None,
            (Answering::Truths | Answering::Numbers | Answering::Lists, _) => Some(Never::AtAll),
            (Answering::Kept, _) | (Answering::KeptWhole(..), None) => of_itself(),
            (Answering::KeptWhole(_, may_have), Some(_)) | (Answering::Texts(_, may_have), _) => {
                let may_have = may_have(at, text) || ignore_case && may_have(at, &folded(text));
                (!may_have).then_some(Never::AtAll)
            }
        }
    }
}

/// A clock for functions that do not ask it.
fn any_clock() -> Clock {
    Clock { now: Timestamp::UNIX_EPOCH, calendar: Calendar::utc() }
}
