//! The type of a function: name, arguments, sentence, examples, and how it treats absent values and secrets.

use super::answers::Answering;
use super::clock::Clock;
use super::date::own_time::{is_own_time, own_time};
use super::literal::{Argument, UnknownValue, Written, unfit, written};
use super::text::pattern::{BadPattern, pattern};
use crate::event::date::{self, Unreadable};
use crate::event::{Shape, Value};

/// What a function answers, or what is wrong with its values.
pub type Answer = Result<Value<'static>, String>;

/// What a function does. An absent value is `Value::Null`, as is an absent answer.
pub type Body = fn(&[Value<'_>], &Clock) -> Answer;

/// The first value that should be a date and cannot be read, by its place.
type LooksForUnreadable = fn(&[Value<'_>], &Clock) -> Option<(usize, Unreadable)>;

/// What is wrong with the values that a call of this function has written out.
type LooksAtValues = fn(&str, &[Written<'_>]) -> Option<UnknownValue>;

/// One function.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    pub name: &'static str,
    /// Fewest and most values it takes.
    pub least: usize,
    pub most: usize,
    /// As the docs write it.
    pub signature: &'static str,
    /// What it answers, and what becomes of an absent value.
    pub about: &'static str,
    /// Calls, each with what it answers as a text on the day of the tests. The docs show the first; its answer is left out
    /// where it depends on the day.
    pub examples: &'static [(&'static str, &'static str)],
    body: Body,
    /// Whether absent values reach the body; otherwise the answer is absent as soon as a value is.
    hears_absent: bool,
    /// How many of its first values are dates.
    dates: usize,
    /// What of its values is no date that can be read, for a function that says itself how dates are written.
    unreadable: Option<LooksForUnreadable>,
    answers: Answering,
    /// What its values may be, in their order; what stands behind the last may be anything.
    takes: &'static [Argument],
    /// At which place it takes a pattern.
    pattern_at: Option<usize>,
    /// Whether its answer tells nothing of the value.
    is_silent: bool,
    looks_at_values: Option<LooksAtValues>,
}

impl Function {
    /// A function for the table.
    #[must_use]
    pub const fn new(
        signature: &'static str,
        name: &'static str,
        takes: (usize, usize),
        about: &'static str,
        body: Body,
    ) -> Self {
        Self {
            name,
            least: takes.0,
            most: takes.1,
            signature,
            about,
            examples: &[],
            body,
            hears_absent: false,
            dates: 0,
            unreadable: None,
            answers: Answering::Anything,
            takes: &[],
            pattern_at: None,
            is_silent: false,
            looks_at_values: None,
        }
    }

    /// The same, called with absent values too.
    pub(super) const fn hearing_absent(mut self) -> Self {
        self.hears_absent = true;
        self
    }

    /// The same, with calls and what they answer.
    pub(super) const fn examples(mut self, examples: &'static [(&'static str, &'static str)]) -> Self {
        self.examples = examples;
        self
    }

    /// The same, whose first values are dates.
    pub(super) const fn of_dates(mut self, count: usize) -> Self {
        self.dates = count;
        self
    }

    /// The same, which says itself what of its values is no date that can be read.
    pub(super) const fn reading_dates(mut self, look: LooksForUnreadable) -> Self {
        self.unreadable = Some(look);
        self
    }

    /// The same, whose answers look so.
    pub(super) const fn answering(mut self, answers: Answering) -> Self {
        self.answers = answers;
        self
    }

    /// The same, whose values may be of these kinds.
    pub(super) const fn taking(mut self, takes: &'static [Argument]) -> Self {
        self.takes = takes;
        self
    }

    /// The same, with a pattern as the value at this place.
    pub(super) const fn with_pattern(mut self, place: usize) -> Self {
        self.pattern_at = Some(place);
        self
    }

    /// The same, whose answer tells nothing of the value, so that it is no secret where the value is one.
    pub(super) const fn silent(mut self) -> Self {
        self.is_silent = true;
        self
    }

    /// The same, which looks at values that are written out before it runs.
    pub(super) const fn looking_at_values(mut self, look: LooksAtValues) -> Self {
        self.looks_at_values = Some(look);
        self
    }

    /// What is wrong with a value that a call has written out, and what to write.
    #[must_use]
    pub fn unknown_value(&self, values: &[Written<'_>]) -> Option<UnknownValue> {
        unfit(self.name, self.takes, values)
            .or_else(|| self.no_date(values))
            .or_else(|| self.looks_at_values.and_then(|look| look(self.name, values)))
    }

    /// A value that is written out where a date belongs, and that is none in any way of writing dates.
    fn no_date(&self, values: &[Written<'_>]) -> Option<UnknownValue> {
        let is_date = |text: &str| is_own_time(text) || !date::is_unreadable(text);
        let text = values.iter().take(self.dates).find_map(|value| match value {
            Written::Text(text) if !is_date(text) => Some(text),
            Written::Text(_) | Written::Whole(_) | Written::Other(_) | Written::Computed => None,
        })?;
        let message = format!("`{}` takes a date, and \"{text}\" is none that can be read", self.name);
        Some((message, "write a date as \"2026-01-31\", or \"today-7d\"; a field stands without quotes".into()))
    }

    /// A pattern that a call has written out and that cannot be used.
    #[must_use]
    pub fn bad_pattern<'v>(&self, values: &[Written<'v>]) -> Option<(&'v str, BadPattern)> {
        match written(values, self.pattern_at?) {
            Written::Text(text) => pattern(text).err().map(|bad| (text, bad)),
            Written::Whole(_) | Written::Other(_) | Written::Computed => None,
        }
    }

    /// What a value that a rule has written at a place means to the function: where it takes a date, `today-1mo` is one.
    #[must_use]
    pub fn written<'v>(&self, place: usize, value: Value<'v>, clock: &Clock) -> Value<'v> {
        let own_time = match value.view().shape() {
            Shape::Text(text) if place < self.dates => own_time(&text, clock.now, &clock.calendar),
            _ => None,
        };
        own_time.unwrap_or(value)
    }

    /// What its answers look like.
    #[must_use]
    pub fn answers(&self) -> Answering {
        self.answers
    }

    /// Whether it says something of absent values; of others the answer is absent as soon as a value is.
    #[must_use]
    pub fn hears_absent(&self) -> bool {
        self.hears_absent
    }

    /// The first of its values that should be a date and cannot be read: why the answer is absent.
    #[must_use]
    pub fn unreadable(&self, values: &[Value<'_>], clock: &Clock) -> Option<(usize, Unreadable)> {
        let unreadable = |value: &Value<'_>| match date::read(value.exposed().view(), &clock.calendar).err()? {
            _ if value.view().holds_secret() => Some(Unreadable::hidden()),
            unreadable => Some(unreadable),
        };
        if let Some(look) = self.unreadable {
            let hidden = values.iter().any(|value| value.view().holds_secret());
            let exposed: Vec<Value<'_>> = values.iter().map(Value::exposed).collect();
            let found = look(&exposed, clock);
            return found.map(|(place, shape)| (place, if hidden { Unreadable::hidden() } else { shape }));
        }
        let mut values = values.iter().enumerate().take(self.dates);
        values.find_map(|(place, value)| Some((place, unreadable(value)?)))
    }

    /// Calls the function. Of an absent value most answer an absent value, so that `${digits(user.mobile)}` of a
    /// person without a mobile is absent and not an error.
    ///
    /// # Errors
    /// Says what is wrong with the values, never quoting them.
    pub fn call(&self, values: &[Value<'_>], clock: &Clock) -> Answer {
        if !(self.least..=self.most).contains(&values.len()) {
            return Err(self.wrong_count(values.len()));
        }
        let has_absent = values.iter().any(|value| matches!(value.view().shape(), Shape::Null));
        if has_absent && !self.hears_absent {
            return Ok(Value::Null);
        }
        if !values.iter().any(|value| value.view().holds_secret()) {
            return (self.body)(values, clock);
        }
        let exposed: Vec<Value<'_>> = values.iter().map(Value::exposed).collect();
        let answer = (self.body)(&exposed, clock)?;
        Ok(if self.is_silent() { answer } else { answer.into_secret() })
    }

    /// A call with these values, as it is written.
    #[must_use]
    pub fn spelled(&self, values: &str) -> String {
        // What is written in brackets has them for a name.
        match self.name.strip_suffix(']') {
            Some(open) => format!("{open}{values}]"),
            None => format!("{}({values})", self.name),
        }
    }

    /// Whether its answer tells nothing of a value, so that it is no secret where the value is one.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.is_silent
    }

    /// What is wrong with a call that has `count` values.
    #[must_use]
    pub fn wrong_count(&self, count: usize) -> String {
        let takes = match (self.least, self.most) {
            (1, 1) => "1 value".to_owned(),
            (least, most) if least == most => format!("{least} values"),
            (least, most) => format!("{least} to {most} values"),
        };
        format!("`{}` takes {takes}, not {count}", self.name)
    }
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}
