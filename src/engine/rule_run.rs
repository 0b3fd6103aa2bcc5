//! The evaluation of one rule on the draft of an event: which rule it is, how far it came, and what it did.

use std::sync::Arc;

use super::decision::Failure;
use super::draft::{Before, Change, Draft, Known};
use super::interrupted::{Evaluation, Interrupted};
use super::trace::Noted;
use crate::diagnostic::File;
use crate::event::{Path, Value};
use crate::rule::{Bound, Mode, Read, ReadFrom, Rule, Target};

/// One rule being evaluated. It is made anew for each rule; the draft goes from rule to rule.
pub(super) struct RuleRun<'r, 'e> {
    pub draft: &'r mut Draft<'e>,
    pub rule: &'e Rule,
    /// Whether changes are only described.
    pub is_audit: bool,
    /// Whether it changed a value.
    pub has_changed: bool,
    /// The rows of its table by which it held, from 0.
    pub rows: Vec<usize>,
    /// The file that holds the condition being evaluated: the rule's, or its table's.
    pub file: &'e Arc<File>,
    /// The name whose value is being tested.
    pub subject: Option<&'e Path>,
    /// Why the value last evaluated is absent, where a function was given a date that cannot be read.
    pub unreadable: Option<Box<Failure>>,
    /// Where that is noted: whether what is being found out depends on a secret so far.
    pub met_secret: bool,
    pub noted: Noted,
    /// How many deliveries there were before.
    sent_before: usize,
}

impl<'r, 'e> RuleRun<'r, 'e> {
    pub fn new(draft: &'r mut Draft<'e>, rule: &'e Rule) -> Self {
        Self {
            rule,
            is_audit: rule.mode_at(&draft.clock) == Mode::Audit,
            has_changed: false,
            rows: Vec::new(),
            file: &rule.file,
            subject: None,
            unreadable: None,
            met_secret: false,
            noted: Noted::default(),
            sent_before: draft.sent(),
            draft,
        }
    }

    /// The end of the rule, by a failure.
    pub fn fail(&self, message: impl Into<String>) -> Interrupted {
        self.failure(message).into()
    }

    /// A failure at the rule.
    pub fn failure(&self, message: impl Into<String>) -> Failure {
        let place = self.rule.place();
        Failure { message: message.into(), help: None, place, refuses: false, is_undecidable: false }
    }

    /// Takes back all that it did: changes, what names were found to be by them, and deliveries.
    pub fn undo(&mut self, before: Before<'e>) {
        self.draft.undo(before);
        self.has_changed = false;
        self.noted.did.clear();
        self.rows.clear();
    }

    /// Takes back what it sends.
    pub fn unsend(&mut self) {
        self.draft.send_only(self.sent_before);
    }

    /// Counts a value of so many bytes that is made or written, where it is counted: of rules that are tried.
    pub fn make(&mut self, bytes: impl FnOnce() -> usize) -> Evaluation<()> {
        self.draft.count_made(bytes).map_err(|why| self.fail(why))
    }

    /// Changes the user, but in audit mode.
    pub fn change(&mut self, path: &Path, change: Change<'e>) -> Evaluation<()> {
        if !self.is_audit {
            self.has_changed |= self.draft.change(path, change).map_err(|why| self.fail(why))?;
        }
        Ok(())
    }

    /// The value at a target now.
    pub fn current(&mut self, target: &'e Target) -> Evaluation<Option<Value<'e>>> {
        self.read(&target.read)
    }

    /// The value of a name; absent and null are both `None`.
    pub fn read(&mut self, read: &'e Read) -> Evaluation<Option<Value<'e>>> {
        let value = match read.from {
            ReadFrom::Slot(slot) => self.draft.slot(slot).cloned(),
            ReadFrom::Binding(binding) => {
                let bound = self.binding(binding)?;
                let value = bound.as_ref().and_then(|bound| bound.at(&read.path.segments));
                value.filter(|value| !value.view().is_null())
            }
        };
        match self.draft.watches_secrets() {
            true => self.looked_at(read, value),
            false => Ok(value),
        }
    }

    fn binding(&mut self, number: usize) -> Evaluation<Option<Value<'e>>> {
        if let Some(known) = self.draft.bound(number) {
            self.unreadable.clone_from(&known.unreadable);
            self.noted.consulted.extend_from_slice(&known.consulted);
            self.met_secret |= known.met_secret;
            return Ok(known.value.clone());
        }
        let Some(binding) = self.draft.set.bindings.get(number) else { return Ok(None) };
        // Names are bound in the rule's own file, also where a row of its table reads them.
        let file = std::mem::replace(&mut self.file, &self.rule.file);
        self.unreadable = None;
        let first = self.noted.consulted.len();
        let met_before = std::mem::take(&mut self.met_secret);
        let value = match &binding.value {
            Bound::Value(expression) => self.evaluate(expression),
            Bound::Rows { lookup, key, all, on } => self.bound_rows(*lookup, key, *all, on.as_ref()),
            Bound::Free(free) => self.free_name(free),
        };
        self.file = file;
        let met_secret = self.met_secret;
        self.met_secret |= met_before;
        let value = value?;
        if value.is_some() {
            self.unreadable = None;
        }
        let consulted = self.noted.consulted.get(first..).unwrap_or_default().to_vec();
        let unreadable = self.unreadable.clone();
        self.draft.bind(number, Known { value: value.clone(), unreadable, consulted, met_secret });
        Ok(value)
    }
}
