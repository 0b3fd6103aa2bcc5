//! Why the evaluation of a rule ends early: it failed, waits for an answer, or met an unreadable date.

use super::decision::Failure;

/// The end of an evaluation without a value. Failures are boxed, so that what hardly ever ends so stays small.
#[derive(Clone, Debug)]
pub(super) enum Interrupted {
    Failed(Box<Failure>),
    /// A date is there and cannot be read, or something has to be known that the facts do not have, so that nobody knows
    /// whether a condition holds. Where another condition settles the rule, it does not matter.
    Unreadable(Box<Failure>),
    /// A question is noted. What follows is evaluated all the same, to find every further question; its outcome counts
    /// for nothing.
    Waiting,
}

/// What an evaluation comes to.
pub(super) type Evaluation<T> = std::result::Result<T, Interrupted>;

impl From<Failure> for Interrupted {
    fn from(failure: Failure) -> Self {
        Interrupted::Failed(Box::new(failure))
    }
}

impl Interrupted {
    /// The same of what a rule has begun to do: a date that cannot be read is a failure there.
    pub fn failed(self) -> Self {
        match self {
            Interrupted::Unreadable(failure) => Interrupted::Failed(failure),
            interrupted => interrupted,
        }
    }

    /// The same with a change to the failure, if it is one.
    pub fn map(self, change: impl FnOnce(Failure) -> Failure) -> Self {
        match self {
            Interrupted::Failed(failure) => change(*failure).into(),
            Interrupted::Unreadable(failure) => Interrupted::Unreadable(Box::new(change(*failure))),
            Interrupted::Waiting => Interrupted::Waiting,
        }
    }
}

/// Several evaluations, of which one that waits, or that met an unreadable date, does not keep the next from being looked
/// at.
#[derive(Debug, Default)]
pub(super) struct Together {
    is_waiting: bool,
    /// The first unreadable date, or what has to be known and is not: that goes before dates, which may not matter then.
    unreadable: Option<Box<Failure>>,
}

impl Together {
    fn is_undecidable(&self) -> bool {
        self.unreadable.as_ref().is_some_and(|failure| failure.is_undecidable)
    }

    /// The value, or `None` where it has to be waited for or cannot be known. Behind something that waits a failure is
    /// none yet.
    pub fn take<T>(&mut self, result: Evaluation<T>) -> Evaluation<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(Interrupted::Waiting) => {
                self.is_waiting = true;
                Ok(None)
            }
            Err(Interrupted::Unreadable(failure)) => {
                if self.unreadable.is_none() || failure.is_undecidable && !self.is_undecidable() {
                    self.unreadable = Some(failure);
                }
                Ok(None)
            }
            Err(_) if self.is_waiting => Err(Interrupted::Waiting),
            Err(failed) => match self.unreadable.take_if(|before| before.is_undecidable) {
                // What fails may not have been looked at.
                Some(undecidable) => Err(Interrupted::Unreadable(undecidable)),
                None => Err(failed),
            },
        }
    }

    /// `value`, which is so whatever could not be read, if nothing has to be waited for.
    pub fn settled<T>(self, value: T) -> Evaluation<T> {
        if self.is_waiting { Err(Interrupted::Waiting) } else { Ok(value) }
    }

    /// `value` if nothing has to be waited for and all could be read.
    pub fn end<T>(self, value: T) -> Evaluation<T> {
        match self.unreadable {
            Some(failure) if !self.is_waiting => Err(Interrupted::Unreadable(failure)),
            _ => self.settled(value),
        }
    }
}
