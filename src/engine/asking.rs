//! Asks a lookup for the rows under a key; what is not known becomes a question for the next round.

use jiff::civil::Date;

use crate::event::{Value, View, date, is_blank};
use crate::rule::{Expression, Free, Lookup, Numbers, own_time};

use super::draft::borrowed;
use super::facts::{Answer, Question};
use super::interrupted::{Evaluation, Interrupted, Together};
use super::rule_run::RuleRun;
use super::trace::{Asked, Found};

/// Most questions that one event asks outside at once.
const QUESTION_LIMIT: usize = 64;
/// Of how many names it is asked at once whether they are free.
const NAMES_AT_ONCE: usize = 16;

impl<'e> RuleRun<'_, 'e> {
    /// What a name is bound to that stands for the first row of a lookup, or for all.
    pub(super) fn bound_rows(
        &mut self,
        lookup: usize,
        key: &'e Expression,
        all: bool,
        on: Option<&'e Expression>,
    ) -> Evaluation<Option<Value<'e>>> {
        let nothing = || Ok(all.then(|| Value::List(Vec::new())));
        let day = match on {
            None => self.today_of(lookup),
            Some(on) => match self.day(on)? {
                Some(day) => Some(day),
                // On a day that is not there nothing is valid.
                None => return nothing(),
            },
        };
        match self.key(lookup, key)? {
            None => {
                self.note_asked(lookup, Value::Null.view(), Found::NoKey);
                nothing()
            }
            Some(found_by) if found_by.view().holds_secret() => self.rows_by_secret(lookup, key, &found_by, (all, day)),
            Some(found_by) => self.rows_by(lookup, found_by.view(), (all, day)),
        }
    }

    /// The first row under a key that is valid on a day, or all of them.
    pub(super) fn rows_by(
        &mut self,
        lookup: usize,
        key: View<'_>,
        (all, day): (bool, Option<Date>),
    ) -> Evaluation<Option<Value<'e>>> {
        let rows = self.valid_rows(lookup, key, day)?;
        let names = &self.draft.set.hooks.secrets;
        let mut found = rows.map(|row| names.hide(borrowed(row)));
        Ok(if all { Some(Value::List(found.collect())) } else { found.next() })
    }

    /// The first name that no row has; a failure where all are taken.
    pub(super) fn free_name(&mut self, free: &'e Free) -> Evaluation<Option<Value<'e>>> {
        let mut tried = Vec::new();
        let mut together = Together::default();
        for form in &free.forms {
            let form = self.required(form);
            if let Some(form) = together.take(form)? {
                self.known(form.view(), || "a free name".to_owned())?;
                if form.view().holds_secret() {
                    return Err(self.fail("a free name would be made of a secret"));
                }
                tried.push(form.view().as_text().into_owned());
            }
        }
        together.end(())?;
        let first = tried.iter().filter_map(|form| free.candidate(form, "")).collect();
        if let Some(name) = self.first_free(free.lookup, first)? {
            return Ok(Some(name));
        }
        let mut numbers = free.numbers.into_iter().flat_map(Numbers::iter).peekable();
        while let (Some(last), Some(_)) = (tried.last(), numbers.peek()) {
            let some = numbers.by_ref().take(NAMES_AT_ONCE).filter_map(|number| free.candidate(last, &number));
            if let Some(name) = self.first_free(free.lookup, some.collect())? {
                return Ok(Some(name));
            }
        }
        if tried.iter().all(|form| free.candidate(form, "").is_none_or(|name| is_blank(&name))) {
            return Err(self.fail("no name is left to be tried: every form of it is blank, or is cut to nothing"));
        }
        let lookup = self.name_of_lookup(free.lookup);
        Err(self.fail(format!("no name is free: lookup `{lookup}` has a row for each that was tried")))
    }

    /// The first of these names without a row. All are asked together, since an answer may take its time.
    fn first_free(&mut self, lookup: usize, names: Vec<String>) -> Evaluation<Option<Value<'e>>> {
        let mut is_waiting = false;
        for name in names.into_iter().filter(|name| !is_blank(name)) {
            let name = Value::text(name);
            match self.rows(lookup, name.view()) {
                Ok([]) if !is_waiting => return Ok(Some(name)),
                Ok(_) => {}
                Err(Interrupted::Waiting) => is_waiting = true,
                // Of what stands before it nobody knows yet.
                Err(_) if is_waiting => {}
                Err(interrupted) => return Err(interrupted),
            }
        }
        if is_waiting { Err(Interrupted::Waiting) } else { Ok(None) }
    }

    /// The day of the event, where the rows of the lookup are valid at times.
    pub(super) fn today_of(&self, lookup: usize) -> Option<Date> {
        self.draft.set.lookups.get(lookup)?.validity()?;
        Some(self.draft.clock.calendar.day(self.draft.clock.now))
    }

    /// The day that rows are asked for.
    fn day(&mut self, on: &'e Expression) -> Evaluation<Option<Date>> {
        let Some(value) = self.evaluate(on)? else {
            return match self.unreadable.take() {
                Some(failure) => Err(Interrupted::Unreadable(failure)),
                None => Ok(None),
            };
        };
        if value.view().holds_secret() {
            return Err(self.fail("a lookup would be asked for the rows of a day that is a secret"));
        }
        let value = match (on, value) {
            (Expression::Constant(_), Value::Text(text)) => {
                own_time(&text, self.draft.clock.now, &self.draft.clock.calendar).unwrap_or(Value::Text(text))
            }
            (_, value) => value,
        };
        match date::read(value.view(), &self.draft.clock.calendar) {
            Ok(moment) => Ok(moment.map(|moment| moment.date(&self.draft.clock.calendar))),
            Err(why) => {
                Err(Interrupted::Unreadable(Box::new(self.unreadable_failure(&on.spelled(), &why.to_string()))))
            }
        }
    }

    /// The rows under a key, of a table whose rows have days those that are valid on the day.
    pub(super) fn valid_rows(
        &mut self,
        lookup: usize,
        key: View<'_>,
        day: Option<Date>,
    ) -> Evaluation<impl Iterator<Item = &'e Value<'static>> + use<'e>> {
        let rows = self.rows(lookup, key)?;
        let set = self.draft.set;
        let validity = set.lookups.get(lookup).and_then(Lookup::validity).zip(day);
        let mut valid = Vec::new();
        if let Some((validity, day)) = validity {
            for row in rows {
                match validity.days(row.view(), &self.draft.clock.calendar) {
                    Ok(days) if days.contain(day) => valid.push(row),
                    Ok(_) => {}
                    // A table was read before; a test or a record may give anything.
                    Err(no_day) => {
                        return Err(self
                            .fail(format!("a row of lookup `{}` has no day: {no_day}", self.name_of_lookup(lookup))));
                    }
                }
            }
        }
        let all = if validity.is_none() { rows } else { &[] };
        Ok(valid.into_iter().chain(all))
    }

    pub(super) fn name_of_lookup(&self, lookup: usize) -> &'e str {
        self.draft.set.lookups.get(lookup).map_or("", |lookup| &lookup.name)
    }

    /// The key a lookup is asked with. A table's key of several values is absent as soon as one is: no row has it.
    fn key(&mut self, lookup: usize, key: &'e Expression) -> Evaluation<Option<Value<'e>>> {
        let is_remote = self.draft.set.lookups.get(lookup).is_some_and(|lookup| lookup.remote().is_some());
        let Expression::Map(parts) = key else { return self.evaluate(key) };
        if is_remote {
            return self.evaluate(key);
        }
        let mut values = Vec::with_capacity(parts.len());
        for (name, part) in parts {
            let Some(value) = self.evaluate(part)? else { return Ok(None) };
            values.push((name.as_str().into(), value));
        }
        Ok(Some(Value::Map(values)))
    }

    /// The rows of a lookup under a key; what nobody has asked yet is noted as a question.
    pub(super) fn rows(&mut self, lookup: usize, key: View<'_>) -> Evaluation<&'e [Value<'static>]> {
        // A blank key is found nowhere, in tables as outside: it would be everybody's whose value is blank.
        if key.is_empty() {
            self.note_asked(lookup, key, Found::NoKey);
            return Ok(&[]);
        }
        self.known(key, || format!("the key of lookup {}", self.name_of_lookup(lookup)))?;
        let name = self.name_of_lookup(lookup);
        let is_remote = self.draft.set.lookups.get(lookup).is_some_and(|lookup| lookup.remote().is_some());
        if is_remote && key.holds_secret() {
            return Err(self.fail(format!("lookup `{name}` would be asked with a secret, which leaves hookgate")));
        }
        // A table is in hookgate's own memory: the question leaves nothing behind.
        let answer = match key.holds_secret() {
            true => self.draft.facts.answer_secretly(lookup, key.to_value().exposed().view()),
            false => self.draft.facts.answer(lookup, key),
        };
        if self.draft.is_tracing
            && let Some(found) = Found::of(key, &answer, &self.draft.set.hooks.secrets)
        {
            self.note_asked(lookup, key, found);
        }
        match answer {
            Answer::Rows(rows) | Answer::Degraded(rows, _) => Ok(rows),
            Answer::Failed(why) => Err(self.fail(format!("lookup `{name}` failed: {why}"))),
            Answer::Unknown if self.draft.questions() >= QUESTION_LIMIT => {
                Err(self.fail(format!("the event asks more than {QUESTION_LIMIT} questions at once")))
            }
            Answer::Unknown => {
                let question = Question { lookup, key: key.to_value().into_static() };
                self.draft.ask(question);
                Err(Interrupted::Waiting)
            }
        }
    }

    /// While tracing, notes what a lookup was asked, each question once.
    pub(super) fn note_asked(&mut self, lookup: usize, key: View<'_>, found: Found) {
        if !self.draft.is_tracing {
            return;
        }
        let lookup = self.name_of_lookup(lookup).to_owned();
        let asked = Asked { lookup, key: key.shown(), found };
        if !self.noted.consulted.contains(&asked) {
            self.noted.consulted.push(asked);
        }
    }
}
