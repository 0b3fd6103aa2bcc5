//! The state of an event while it is decided: the values read so far, and the user as the rules changed them.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use super::decision::{Failure, Undecidable};
use super::delivery::Delivery;
use super::facts::{Facts, Question};
use super::halt::{Evaluation, Halt};
use super::trace::{Asked, Why};
use crate::diagnostic::{File, Place};
use crate::event::{Event, Path, Root, Segment, Value, View, attribute};
use crate::rule::{Bound, Clock, Read, ReadFrom, Rule, RuleSet, Target, Values};

/// What is known of one slot.
#[derive(Clone, Debug)]
enum Slot<'e> {
    Unread,
    Absent,
    There(Value<'e>),
}

/// What a name of `let` is.
#[derive(Debug)]
struct Known<'e> {
    value: Option<Value<'e>>,
    /// Why there is none, where a date could not be read.
    unreadable: Option<Box<Failure>>,
    /// While tracing: what was asked for it, told of each rule that reads it.
    consulted: Vec<Asked>,
    /// Whether it depends on a secret, though it may be none.
    met_secret: bool,
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "what happened to the user, what is wanted of the rule and what is known of the event are five answers"
)]
pub(super) struct Draft<'e> {
    pub set: &'e RuleSet,
    pub event: &'e Event,
    pub facts: &'e dyn Facts,
    pub user: Option<Value<'e>>,
    pub is_changed: bool,
    /// Whether the rule being evaluated changed a value.
    pub is_touched: bool,
    /// Slots whose values changed since the index was last asked.
    pub touched: Vec<usize>,
    slots: Vec<Slot<'e>>,
    bindings: HashMap<usize, Known<'e>>,
    pub clock: Clock,
    /// How many bytes the values have that were made and written so far.
    pub made_bytes: usize,
    /// Whether reasons are wanted.
    pub is_tracing: bool,
    /// Whether changes are only described.
    pub is_audit: bool,
    pub why: Option<Why>,
    /// While tracing: the conditions of the rule that were looked at, each with whether it held.
    pub tested: Vec<(Range<usize>, bool)>,
    /// While tracing: the tests of the rule that held, each with the value that it saw.
    pub seen: Vec<Why>,
    pub did: Vec<String>,
    /// While tracing: what the rule asked of lookups.
    pub consulted: Vec<Asked>,
    /// Why the value last evaluated is absent, where a function was given a date that cannot be read.
    pub unreadable: Option<Box<Failure>>,
    /// What is sent, in the order in which rules did so.
    pub deliveries: Vec<Delivery>,
    /// What has to be asked outside, each question once.
    pub asked: Vec<Question>,
    /// The rule being evaluated.
    pub rule: Option<&'e Rule>,
    /// The file that holds the condition being evaluated: the rule's, or its table's.
    pub file: Option<&'e Arc<File>>,
    /// The name whose value is being tested.
    pub subject: Option<&'e Path>,
    /// Whether secrets are there, and whether what comes of looking at them is noted.
    pub knows_secrets: bool,
    pub notes_secrets: bool,
    /// Where that is noted: whether what is being found out depends on a secret so far.
    pub met_secret: bool,
    /// The first thing that had to be known and is not.
    pub undecidable: Option<Undecidable>,
}

impl<'e> Draft<'e> {
    pub fn new(set: &'e RuleSet, event: &'e Event, facts: &'e dyn Facts, is_tracing: bool) -> Self {
        let context = &event.context;
        Self {
            set,
            event,
            facts,
            user: event.user().map(Value::Source),
            is_changed: false,
            is_touched: false,
            touched: Vec::new(),
            slots: Vec::new(),
            bindings: HashMap::new(),
            clock: Clock { now: context.now, calendar: context.calendar.clone() },
            made_bytes: 0,
            is_tracing,
            is_audit: false,
            why: None,
            tested: Vec::new(),
            seen: Vec::new(),
            did: Vec::new(),
            consulted: Vec::new(),
            unreadable: None,
            deliveries: Vec::new(),
            asked: Vec::new(),
            rule: None,
            file: None,
            subject: None,
            knows_secrets: facts.knows_secrets(),
            notes_secrets: facts.notes_secrets(),
            met_secret: false,
            undecidable: None,
        }
    }

    /// The end of the rule being evaluated, by a failure.
    pub fn fail(&self, message: impl Into<String>) -> Halt {
        self.failure(message).into()
    }

    /// A failure at the rule being evaluated.
    pub fn failure(&self, message: impl Into<String>) -> Failure {
        let nowhere = || Place { file: File::new("", "").into(), span: 0..0 };
        let place = self.rule.map_or_else(nowhere, Rule::place);
        Failure { message: message.into(), help: None, place, refuses: false, is_undecidable: false }
    }

    /// The value of a name; absent and null are both `None`.
    pub fn read(&mut self, read: &'e Read) -> Evaluation<Option<Value<'e>>> {
        let value = match read.from {
            ReadFrom::Slot(slot) => self.slot(slot).cloned(),
            ReadFrom::Binding(binding) => {
                let bound = self.binding(binding)?;
                let value = bound.as_ref().and_then(|bound| bound.at(&read.path.segments));
                value.filter(|value| !value.view().is_null())
            }
        };
        match self.notes_secrets || !self.knows_secrets {
            true => self.looked_at(read, value),
            false => Ok(value),
        }
    }

    fn slot(&mut self, number: usize) -> Option<&Value<'e>> {
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

    fn binding(&mut self, number: usize) -> Evaluation<Option<Value<'e>>> {
        if let Some(known) = self.bindings.get(&number) {
            self.unreadable.clone_from(&known.unreadable);
            self.consulted.extend_from_slice(&known.consulted);
            self.met_secret |= known.met_secret;
            return Ok(known.value.clone());
        }
        let Some(binding) = self.set.bindings.get(number) else { return Ok(None) };
        // Names are bound in the rule's own file, also where a row of its table reads them.
        let file = std::mem::replace(&mut self.file, self.rule.map(|rule| &rule.file));
        self.unreadable = None;
        let first = self.consulted.len();
        let met_before = std::mem::take(&mut self.met_secret);
        let value = match &binding.value {
            Bound::Value(expression) => self.evaluate(expression),
            Bound::Rows { lookup, key, all, on } => self.bound_rows(*lookup, key, *all, on.as_ref()),
            Bound::Free(free) => self.free_name(free),
        };
        let met_secret = self.met_secret;
        self.met_secret |= met_before;
        let value = value?;
        self.file = file;
        if value.is_some() {
            self.unreadable = None;
        }
        let consulted = self.consulted.get(first..).unwrap_or_default().to_vec();
        let unreadable = self.unreadable.clone();
        self.bindings.insert(number, Known { value: value.clone(), unreadable, consulted, met_secret });
        Ok(value)
    }

    /// What a name was found to be.
    pub(super) fn bound(&self, number: usize) -> Option<&Value<'e>> {
        self.bindings.get(&number)?.value.as_ref()
    }

    /// Changes the user; what was read at or around the path is forgotten.
    pub fn change(&mut self, target: &Path, change: Change<'e>) -> Evaluation<()> {
        if self.slots.is_empty() {
            self.fill_slots();
        }
        let Some(user) = self.user.as_mut() else { return Err(self.fail("there is no user to change")) };
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
        match done {
            Ok(did_change) => {
                self.is_changed |= did_change;
                self.is_touched |= did_change;
                self.forget(target);
                Ok(())
            }
            Err(not_there) => Err(self.fail(format!(
                "`{target}` cannot be changed: on the way to it stands {}, which has no such part",
                not_there.found
            ))),
        }
    }

    /// What `undo` goes back to.
    pub fn before(&self) -> Before<'e> {
        let bound = self.bindings.keys().copied().collect();
        Before { user: self.user.clone(), is_changed: self.is_changed, bound, sent: self.deliveries.len() }
    }

    /// Takes back all that was done since: changes, what names were found to be by them, and deliveries.
    pub fn undo(&mut self, before: Before<'e>) {
        (self.user, self.is_changed, self.is_touched) = (before.user, before.is_changed, false);
        self.forget(&Path { root: Root::User, segments: Vec::new() });
        self.bindings.retain(|binding, _| before.bound.contains(binding));
        self.deliveries.truncate(before.sent);
    }

    fn forget(&mut self, changed: &Path) {
        for (number, (path, slot)) in self.set.slots.paths.iter().zip(&mut self.slots).enumerate() {
            if !matches!(slot, Slot::Unread) && touches(path, changed) {
                *slot = Slot::Unread;
                self.touched.push(number);
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

    /// The value at a target now.
    pub fn current(&mut self, target: &'e Target) -> Evaluation<Option<Value<'e>>> {
        self.read(&target.read)
    }
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
