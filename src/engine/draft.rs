//! The state of an event while it is decided: the values read so far, the user as the rules changed them, what is sent.

use std::collections::{HashMap, HashSet};

use super::decision::{Delivery, Failure, Undecidable};
use super::facts::{Facts, Question};
use super::trace::Asked;
use crate::event::{Event, Path, Root, Segment, Value, View, attribute};
use crate::rule::{Clock, Rule, RuleSet, Values};

/// What is known of one slot.
#[derive(Clone, Debug)]
enum Slot<'e> {
    Unread,
    Absent,
    There(Value<'e>),
}

/// What a name of `let` is.
#[derive(Debug)]
pub(super) struct Known<'e> {
    pub value: Option<Value<'e>>,
    /// Why there is none, where a date could not be read.
    pub unreadable: Option<Box<Failure>>,
    /// While tracing: what was asked for it, told of each rule that reads it.
    pub consulted: Vec<Asked>,
    /// Whether it depends on a secret, though it may be none.
    pub met_secret: bool,
}

/// Whether secrets are there, and what becomes of looking at them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SecretState {
    There,
    /// They are there, and what comes of looking at them is noted.
    Noted,
    Missing,
}

pub(super) struct Draft<'e> {
    pub set: &'e RuleSet,
    pub event: &'e Event,
    pub facts: &'e dyn Facts,
    pub clock: Clock,
    /// Whether reasons are wanted.
    pub is_tracing: bool,
    secrets: SecretState,
    user: Option<Value<'e>>,
    is_changed: bool,
    slots: Vec<Slot<'e>>,
    /// Slots whose values changed since the index was last asked.
    changed_slots: Vec<usize>,
    bindings: HashMap<usize, Known<'e>>,
    /// How many bytes the values have that were made and written so far.
    made_bytes: usize,
    /// What is sent, in the order in which rules did so.
    deliveries: Vec<Delivery>,
    /// What has to be asked outside, each question once.
    asked: Vec<Question>,
    /// The first thing that had to be known and is not.
    undecidable: Option<Undecidable>,
}

impl<'e> Draft<'e> {
    pub fn new(set: &'e RuleSet, event: &'e Event, facts: &'e dyn Facts, is_tracing: bool) -> Self {
        let context = &event.context;
        let secrets = match (facts.knows_secrets(), facts.notes_secrets()) {
            (false, _) => SecretState::Missing,
            (true, false) => SecretState::There,
            (true, true) => SecretState::Noted,
        };
        Self {
            set,
            event,
            facts,
            clock: Clock { now: context.now, calendar: context.calendar.clone() },
            is_tracing,
            secrets,
            user: event.user().map(Value::Source),
            is_changed: false,
            slots: Vec::new(),
            changed_slots: Vec::new(),
            bindings: HashMap::new(),
            made_bytes: 0,
            deliveries: Vec::new(),
            asked: Vec::new(),
            undecidable: None,
        }
    }

    pub fn knows_secrets(&self) -> bool {
        self.secrets != SecretState::Missing
    }

    /// Whether it matters what depends on a secret: that is noted, or secrets are not there.
    pub fn watches_secrets(&self) -> bool {
        self.secrets != SecretState::There
    }

    /// The user as the rules have it now.
    pub fn user(&self) -> Option<&Value<'e>> {
        self.user.as_ref()
    }

    /// Whether a rule changed the user.
    pub fn is_changed(&self) -> bool {
        self.is_changed
    }

    pub fn slot(&mut self, number: usize) -> Option<&Value<'e>> {
        if self.slots.is_empty() {
            self.fill_slots();
        }
        if let Slot::Unread = self.slots.get(number)? {
            let value = self.set.slots.paths.get(number).and_then(|path| self.fetch(path));
            let value = value.filter(|value| !value.view().is_null());
            *self.slots.get_mut(number)? = value.map_or(Slot::Absent, Slot::There);
        }
        match self.slots.get(number) {
            Some(Slot::There(value)) => Some(value),
            _ => None,
        }
    }

    /// Before any change: reads all that rules read of the user in one pass over the body.
    fn fill_slots(&mut self) {
        let names = &self.set.slots;
        self.slots = vec![Slot::Absent; names.paths.len()];
        for number in &names.others {
            self.slots.get_mut(*number).into_iter().for_each(|slot| *slot = Slot::Unread);
        }
        names.find(self.event, &mut |number, node| {
            let value = Value::Source(node);
            if let Some(slot) = self.slots.get_mut(number).filter(|_| !value.view().is_null()) {
                *slot = Slot::There(value);
            }
        });
    }

    fn fetch(&self, path: &'e Path) -> Option<Value<'e>> {
        let context = &self.event.context;
        let text = |text: &'e str| Value::Text(text.into());
        match &path.root {
            Root::User => self.user.as_ref()?.at(&path.segments),
            Root::Request => match path.segments.split_first() {
                Some((Segment::Key(key), rest)) => Value::Source(self.event.field(key)?).at(rest),
                _ => Value::Source(self.event.request()).at(&path.segments),
            },
            Root::Attr => match path.segments.split_first() {
                Some((Segment::Key(name), rest)) => attribute::read(self.user.as_ref()?, name, rest),
                _ => None,
            },
            Root::Token => context.token.at(&path.segments),
            Root::Caller => context.caller.at(&path.segments),
            Root::App => context.app.as_deref().map(text),
            Root::Hook => self.set.hooks.rows.get(self.event.hook).map(|hook| text(&hook.name)),
            Root::Now => Some(Value::text(context.now.to_string())),
            Root::Setting => self.setting(path),
            Root::Bound(_) => None,
        }
    }

    fn setting(&self, path: &'e Path) -> Option<Value<'e>> {
        let (Segment::Key(name), rest) = path.segments.split_first()? else { return None };
        self.facts.note_setting(name);
        let value = self.facts.setting(name).or_else(|| self.set.settings.get(&**name))?;
        borrowed(value).at(rest)
    }

    /// What is known of a name of `let`.
    pub fn bound(&self, number: usize) -> Option<&Known<'e>> {
        self.bindings.get(&number)
    }

    pub fn bind(&mut self, number: usize, known: Known<'e>) {
        self.bindings.insert(number, known);
    }

    /// Counts a value of so many bytes that is made or written, where it is counted: of rules that are tried.
    ///
    /// # Errors
    /// Says that it is more than an event may take.
    pub fn count_made(&mut self, bytes: impl FnOnce() -> usize) -> Result<(), String> {
        if !self.set.effort.is_counted() {
            return Ok(());
        }
        self.made_bytes = self.made_bytes.saturating_add(bytes());
        self.set.effort.ended(self.made_bytes).map_or(Ok(()), Err)
    }

    /// How many deliveries there are.
    pub fn sent(&self) -> usize {
        self.deliveries.len()
    }

    pub fn send(&mut self, delivery: Delivery) {
        self.deliveries.push(delivery);
    }

    /// Takes back all deliveries but so many.
    pub fn send_only(&mut self, sent: usize) {
        self.deliveries.truncate(sent);
    }

    /// How many questions wait for an answer.
    pub fn questions(&self) -> usize {
        self.asked.len()
    }

    pub fn ask(&mut self, question: Question) {
        if !self.asked.iter().any(|known| known.identity() == question.identity()) {
            self.asked.push(question);
        }
    }

    /// Notes that a rule could not be decided, if that is why it ended.
    pub fn note_undecidable(&mut self, rule: &Rule, failure: &Failure) {
        if failure.is_undecidable {
            let (rule, at) = (rule.name.clone(), rule.place().file_line());
            self.undecidable.get_or_insert_with(|| Undecidable { why: failure.message.clone(), rule, at });
        }
    }

    /// Changes the user; what was read at or around the path is forgotten. Answers whether anything is other than before.
    ///
    /// # Errors
    /// Says why the path cannot be changed.
    pub fn change(&mut self, target: &Path, change: Change<'e>) -> Result<bool, String> {
        if self.slots.is_empty() {
            self.fill_slots();
        }
        let Some(user) = self.user.as_mut() else { return Err("there is no user to change".to_owned()) };
        let segments = &target.segments;
        let done = match (&target.root, segments.split_first()) {
            (Root::Attr, Some((Segment::Key(name), rest))) => match change {
                Change::Set(value) => attribute::set(user, name, rest, value).map(|()| true),
                Change::Remove => Ok(attribute::remove(user, name, rest)),
            },
            _ => match change {
                Change::Set(value) => user.set(segments, value).map(|()| true),
                Change::Remove => Ok(user.remove(segments)),
            },
        };
        let did_change = done.map_err(|not_there| {
            let found = not_there.found;
            format!("`{target}` cannot be changed: on the way to it stands {found}, which has no such part")
        })?;
        self.is_changed |= did_change;
        self.forget(target);
        Ok(did_change)
    }

    /// The slots whose values changed since this was last asked, if any did.
    pub fn changed_slots(&mut self) -> Option<Vec<usize>> {
        (!self.changed_slots.is_empty()).then(|| std::mem::take(&mut self.changed_slots))
    }

    /// What `undo` goes back to.
    pub fn before(&self) -> Before<'e> {
        let bound = self.bindings.keys().copied().collect();
        Before { user: self.user.clone(), is_changed: self.is_changed, bound, sent: self.deliveries.len() }
    }

    /// Takes back all that was done since: changes, what names were found to be by them, and deliveries.
    pub fn undo(&mut self, before: Before<'e>) {
        (self.user, self.is_changed) = (before.user, before.is_changed);
        self.forget(&Path { root: Root::User, segments: Vec::new() });
        self.bindings.retain(|binding, _| before.bound.contains(binding));
        self.deliveries.truncate(before.sent);
    }

    fn forget(&mut self, changed: &Path) {
        for (number, (path, slot)) in self.set.slots.paths.iter().zip(&mut self.slots).enumerate() {
            if !matches!(slot, Slot::Unread) && touches(path, changed) {
                *slot = Slot::Unread;
                self.changed_slots.push(number);
            }
        }
    }

    /// What stands at a part of the user now, even if it is null.
    pub fn raw_at(&self, path: &Path) -> Option<Value<'e>> {
        part_of(self.user.as_ref()?, path)
    }

    /// What stands at a part of the user now; null is nothing.
    pub fn value_at(&self, path: &Path) -> Option<Value<'e>> {
        self.raw_at(path).filter(|value| !value.view().is_null())
    }

    /// What is left at the end of an event. Where something has to be asked first, all questions are.
    ///
    /// # Errors
    /// The questions.
    pub fn end(self) -> Result<Left<'e>, Vec<Question>> {
        let Self { user, is_changed, deliveries, asked, undecidable, .. } = self;
        if asked.is_empty() { Ok(Left { user, is_changed, deliveries, undecidable }) } else { Err(asked) }
    }
}

/// What is left of a draft when the event is decided.
pub(super) struct Left<'e> {
    pub user: Option<Value<'e>>,
    pub is_changed: bool,
    pub deliveries: Vec<Delivery>,
    pub undecidable: Option<Undecidable>,
}

impl Values for Draft<'_> {
    fn value(&mut self, slot: usize) -> Option<View<'_>> {
        self.slot(slot).map(|value| value.view().compared())
    }
}

/// A draft before a rule was looked at that may have to be undone.
#[derive(Debug)]
pub(super) struct Before<'e> {
    user: Option<Value<'e>>,
    is_changed: bool,
    /// The names that had values.
    bound: HashSet<usize>,
    /// How many deliveries there were.
    sent: usize,
}

/// What is done to a part of the user.
#[derive(Clone, Debug)]
pub(super) enum Change<'e> {
    Set(Value<'e>),
    Remove,
}

/// What stands at a part of a user, even if it is null.
pub(super) fn part_of<'v>(user: &Value<'v>, path: &Path) -> Option<Value<'v>> {
    match (&path.root, path.segments.split_first()) {
        (Root::Attr, Some((Segment::Key(name), rest))) => attribute::read(user, name, rest),
        _ => user.at(&path.segments),
    }
}

/// Whether a change at one path can be seen at another; custom attributes have two spellings.
fn touches(path: &Path, changed: &Path) -> bool {
    let reaches_attributes = |path: &Path| match path.root {
        Root::Attr => true,
        Root::User => path.keys().next().is_none_or(|key| key == "attributes"),
        _ => false,
    };
    let both_attributes = path.root != changed.root && reaches_attributes(path) && reaches_attributes(changed);
    path.overlaps(changed) || both_attributes
}

/// A value that borrows its texts from a longer-lived one instead of copying them.
pub(super) fn borrowed<'e>(value: &'e Value<'static>) -> Value<'e> {
    match value {
        Value::Text(text) => Value::Text(std::borrow::Cow::Borrowed(text)),
        Value::Number(number) => Value::Number(std::borrow::Cow::Borrowed(number)),
        Value::Map(fields) => Value::Map(
            fields.iter().map(|(key, value)| (std::borrow::Cow::Borrowed(&**key), borrowed(value))).collect(),
        ),
        Value::List(items) => Value::List(items.iter().map(borrowed).collect()),
        other => other.clone(),
    }
}
