//! Notes the results of conditions on secrets, and uses the noted results where the secrets are not there.
//!
//! A result that is not known cannot be decided, and ends the rule.

use super::decision::Failure;
use super::draft::part_of;
use super::evaluate::{A_VALUE, name_of};
use super::facts::OnSecret;
use super::interrupted::{Evaluation, Interrupted};
use super::rule_run::RuleRun;
use jiff::civil::Date;

use crate::event::secret::{UNKNOWN, WITHHELD};
use crate::event::{Path, Root, Segment, Value, View};
use crate::rule::{Bound, Comparator, Expression, Function, Operator, Read, ReadFrom, ScriptCondition, Test, reads};

/// Functions that look at no more of a value than whether it is there, and not blank.
const PRESENCE: [&str; 3] = ["present", "coalesce", "first_filled"];

impl<'e> RuleRun<'_, 'e> {
    /// What comes of a question that may depend on a secret. Where secrets are not there, what came of it then; where
    /// that is not known, what `find` can tell without them. `asked` says what is asked and for what: the same text, the
    /// same outcome.
    pub(super) fn on_secrets(
        &mut self,
        asked: impl Fn(&Self) -> String,
        find: impl FnOnce(&mut Self) -> Evaluation<bool>,
    ) -> Evaluation<bool> {
        if !self.draft.knows_secrets() {
            return match self.draft.facts.outcome_on_secret(&|| asked(self)) {
                Some(outcome) => self.as_then(outcome),
                None => find(self),
            };
        }
        if !self.draft.watches_secrets() {
            return find(self);
        }
        let met_before = std::mem::take(&mut self.met_secret);
        let found = find(self);
        if self.met_secret
            && let Some(outcome) = outcome_of(&found)
        {
            self.draft.facts.note_outcome_on_secret(asked(self), outcome);
        }
        self.met_secret |= met_before;
        found
    }

    fn as_then(&self, outcome: OnSecret) -> Evaluation<bool> {
        match outcome {
            OnSecret::No => Ok(false),
            OnSecret::Yes => Ok(true),
            OnSecret::Unreadable(why) => Err(Interrupted::Unreadable(Box::new(self.failure(why)))),
            OnSecret::Failed(why) => Err(self.fail(why)),
        }
    }

    /// The value of a name that was read, where secrets are noted or not there: what is read of a secret that is not
    /// there is not known to be absent either.
    pub(super) fn looked_at(&mut self, read: &Read, value: Option<Value<'e>>) -> Evaluation<Option<Value<'e>>> {
        match &value {
            Some(there) => self.met_secret |= there.view().holds_secret(),
            None if !self.is_in_secret(read) => {}
            None if self.draft.knows_secrets() => self.met_secret = true,
            None => return Err(self.lacks_secret(read.path.to_string())),
        }
        Ok(value)
    }

    /// Whether the way to what a name stands for leads through a secret.
    fn is_in_secret(&self, read: &Read) -> bool {
        match read.from {
            ReadFrom::Binding(binding) => {
                let bound = self.draft.bound(binding).and_then(|known| known.value.as_ref()).map(Value::view);
                bound.is_some_and(|bound| self.leads_through(&read.path, |steps| bound.walk(steps)))
            }
            ReadFrom::Slot(_) => self.is_path_in_secret(&read.path),
        }
    }

    /// What stands at a part of the user now; null is nothing. Of what is within a secret that is not there nobody knows.
    pub(super) fn known_at(&self, path: &Path) -> Evaluation<Option<Value<'e>>> {
        match self.draft.value_at(path) {
            None if !self.draft.knows_secrets() && self.is_path_in_secret(path) => {
                Err(self.lacks_secret(path.to_string()))
            }
            there => Ok(there),
        }
    }

    fn is_path_in_secret(&self, path: &Path) -> bool {
        let context = &self.draft.event.context;
        let has_none = !self.draft.event.has_secrets() && !self.draft.is_changed();
        match path.root {
            Root::User | Root::Attr | Root::Request if has_none => false,
            Root::User => {
                let user = self.draft.user().map(Value::view);
                user.is_some_and(|user| self.leads_through(path, |steps| user.walk(steps)))
            }
            Root::Attr => {
                let attributes = || self.draft.user().and_then(|user| user.view().field("attributes"));
                let part =
                    |count| Path { root: Root::Attr, segments: path.segments.iter().take(count).cloned().collect() };
                let mut parts = (1..path.segments.len()).filter_map(|count| self.draft.raw_at(&part(count)));
                attributes().is_some_and(|all| self.is_closed(all)) || parts.any(|part| self.is_closed(part.view()))
            }
            Root::Request => match path.segments.split_first() {
                Some((Segment::Key(key), rest)) if !rest.is_empty() => {
                    let field = self.draft.event.field(key).map(View::Node);
                    let rest = Path { root: Root::Request, segments: rest.to_vec() };
                    field.is_some_and(|field| self.leads_through(&rest, |steps| field.walk(steps)))
                }
                _ => false,
            },
            Root::Token => self.leads_through(path, |steps| context.token.view().walk(steps)),
            Root::Caller => self.leads_through(path, |steps| context.caller.view().walk(steps)),
            Root::App | Root::Hook | Root::Now | Root::Setting | Root::Bound(_) => false,
        }
    }

    fn leads_through<'v>(&self, path: &Path, at: impl Fn(&[Segment]) -> Option<View<'v>>) -> bool {
        let before = (0..path.segments.len()).filter_map(|count| path.segments.get(..count));
        before.filter_map(at).any(|value| self.is_closed(value))
    }

    /// Whether nothing can be told of what is within the value.
    fn is_closed(&self, value: View<'_>) -> bool {
        value.is_secret() && (self.draft.knows_secrets() || value.lacks_secret())
    }

    /// Ends the rule unless the value is known whole.
    pub(super) fn known(&self, value: View<'_>, what: impl FnOnce() -> String) -> Evaluation<()> {
        match !self.draft.knows_secrets() && value.lacks_secret() {
            true => Err(self.lacks_secret(what())),
            false => Ok(()),
        }
    }

    /// The same for the value that is being tested.
    pub(super) fn known_subject(&self, value: View<'_>) -> Evaluation<()> {
        let subject = self.subject;
        self.known(value, || subject.map_or_else(|| A_VALUE.to_owned(), ToString::to_string))
    }

    /// The same for an operator beside what it compares with. Elements are counted, not looked at.
    pub(super) fn comparable(&self, operator: &Operator, value: View<'_>, operand: View<'_>) -> Evaluation<()> {
        if matches!(operator.comparator, Comparator::Length(_)) && !value.is_secret() {
            return Ok(());
        }
        self.known_subject(value)?;
        self.known(operand, || operator.operand().map_or_else(|| A_VALUE.to_owned(), name_of))
    }

    /// Whether a value is empty. Of what was computed from a secret that is not there nobody knows.
    pub(super) fn is_empty(&self, value: View<'_>) -> Evaluation<bool> {
        match value.is_unknown() {
            true => self.known_subject(value).map(|()| false),
            false => Ok(value.is_empty()),
        }
    }

    /// What a function answers to these values, of which one is a secret or has one in it: where it is not there, a
    /// secret of which nothing is known; `None` where the function answers nothing.
    pub(super) fn called_on_secret(
        &mut self,
        function: &'static Function,
        arguments: &'e [Expression],
        values: &[Value<'_>],
    ) -> Evaluation<Option<Value<'static>>> {
        let mut answer = None;
        let lacks = values.iter().any(|value| value.view().lacks_secret());
        let find = |run: &mut Self| {
            if lacks && (!PRESENCE.contains(&function.name) || values.iter().any(|value| value.view().is_unknown())) {
                return Err(run.lacks_secret(Expression::call_spelled(function, arguments)));
            }
            run.met_secret = true;
            answer = run.called(function, arguments, values)?;
            match (&answer, run.unreadable.clone()) {
                (None, Some(failure)) => Err(Interrupted::Unreadable(failure)),
                (Some(Value::Bool(held)), _) if function.is_silent() => Ok(*held),
                (answer, _) => Ok(answer.is_some()),
            }
        };
        let before = self.unreadable.take();
        let asked = |run: &Self| {
            let mut found = Vec::new();
            arguments.iter().for_each(|argument| argument.reads(&mut found));
            run.question(&Expression::call_spelled(function, arguments), "", found)
        };
        let held = self.on_secrets(asked, find);
        self.unreadable = self.unreadable.take().or(before);
        match held {
            Err(Interrupted::Unreadable(failure)) if !failure.is_undecidable => {
                self.unreadable = Some(failure);
                Ok(None)
            }
            Err(interrupted) => Err(interrupted),
            Ok(_) if answer.is_some() => Ok(answer),
            Ok(held) if function.is_silent() => Ok(Some(Value::Bool(held))),
            Ok(true) => Ok(Some(Value::text(UNKNOWN).into_secret())),
            Ok(false) => Ok(None),
        }
    }

    /// The rows of a table under a key that is a secret: where it is not there, one row of which nothing is known, or none.
    pub(super) fn rows_by_secret(
        &mut self,
        lookup: usize,
        key: &'e Expression,
        found_by: &Value<'_>,
        (all, day): (bool, Option<Date>),
    ) -> Evaluation<Option<Value<'e>>> {
        let name = self.name_of_lookup(lookup);
        let mut rows = None;
        let valid = day.map(|day| format!(" on {day}")).unwrap_or_default();
        let asked =
            |run: &Self| run.question(&format!("lookup {name}{valid}"), &key.spelled(), reads::of_expression(key));
        let is_found = self.on_secrets(asked, |run| {
            run.met_secret = true;
            let found = run.rows_by(lookup, found_by.view(), (all, day))?;
            let is_found = found.as_ref().is_some_and(|found| !found.view().is_empty());
            rows = Some(found);
            Ok(is_found)
        })?;
        match rows {
            // A row may say again by what it was found.
            Some(found) => Ok(found.map(Value::into_secret)),
            None if !is_found => Ok(all.then(|| Value::List(Vec::new()))),
            None if all => {
                Err(self
                    .lacks(format!("needs all rows of lookup {name} that a secret found, and they are not recorded")))
            }
            None => Ok(Some(Value::text(WITHHELD).into_secret())),
        }
    }

    /// What a test asks, as it is written, with all that it depends on but values.
    pub(super) fn test_asked(&self, test: &Test) -> String {
        let mut found = Vec::new();
        reads::of_test(test, &mut found);
        let ignore_case = if test.checks.ignore_case { " ignoring case" } else { "" };
        let written = format!("{}{ignore_case}", self.written_at(&test.span));
        self.question(&test.subject.path.to_string(), &written, found)
    }

    /// The same of a script that is a condition.
    pub(super) fn script_asked(&self, script: &ScriptCondition) -> String {
        let written = format!("{} with {:x}", self.written_at(&script.span), self.draft.set.scripts.own_functions());
        self.question("script", &written, reads::of_expression(&script.value))
    }

    /// Whether putting a value where another stands changes nothing.
    pub(super) fn is_put_in_vain(
        &mut self,
        path: &Path,
        value: &Value<'_>,
        how: Option<&Expression>,
    ) -> Evaluation<bool> {
        let there = self.draft.raw_at(path);
        let there = there.as_ref().map(Value::view);
        let is_same = there.is_some_and(|there| there.identical(value.view()));
        let is_plain = match there {
            Some(there) => !there.holds_secret() && !value.view().holds_secret(),
            None => !self.is_path_in_secret(path),
        };
        if is_plain {
            return Ok(is_same);
        }
        let asked = |run: &Self| {
            let written = format!("is set to {}", how.map(Expression::spelled).unwrap_or_default());
            run.question(&path.to_string(), &written, how.map(reads::of_expression).unwrap_or_default())
        };
        self.on_secrets(asked, |run| {
            if !run.draft.knows_secrets()
                && there.is_none_or(|there| there.lacks_secret() || value.view().lacks_secret())
            {
                return Err(run.lacks_secret(path.to_string()));
            }
            run.met_secret = true;
            Ok(is_same)
        })
    }

    /// A question as a text: what it is about in the first line, then what is asked, the names of `let` that it reads,
    /// and what rules had changed by then of all it reads.
    fn question(&self, about: &str, written: &str, found: Vec<Read>) -> String {
        let mut text = format!("{about}\n{written}");
        let (mut next, mut seen) = (found, Vec::new());
        while let Some(read) = next.pop() {
            if seen.contains(&read) {
                continue;
            }
            match read.from {
                ReadFrom::Slot(_) => text += &self.changed_since(&read.path).unwrap_or_default(),
                ReadFrom::Binding(number) => {
                    if let Some(binding) = self.draft.set.bindings.get(number) {
                        text += &format!("\nlet {} = {}", binding.name, self.bound_as(&binding.value));
                        next.extend(reads::behind(binding));
                    }
                }
            }
            seen.push(read);
        }
        text
    }

    fn bound_as(&self, bound: &Bound) -> String {
        match bound {
            Bound::Value(script @ Expression::Script(_)) => {
                format!("{} with {:x}", script.spelled(), self.draft.set.scripts.own_functions())
            }
            Bound::Value(expression) => expression.spelled(),
            Bound::Rows { lookup, key, all, on } => {
                let name = self.name_of_lookup(*lookup);
                let on = on.as_ref().map(|on| format!(" on {}", on.spelled())).unwrap_or_default();
                format!("{}lookup {name} by {}{on}", if *all { "all of " } else { "" }, key.spelled())
            }
            Bound::Free(free) => {
                let forms: Vec<String> = free.forms.iter().map(Expression::spelled).collect();
                format!("free in lookup {} of {}", self.name_of_lookup(free.lookup), forms.join(", "))
            }
        }
    }

    /// The value at a part of the user, where it is another than came. Of a secret nothing is told but which rules
    /// changed it.
    fn changed_since(&self, path: &Path) -> Option<String> {
        let of_user = matches!(path.root, Root::User | Root::Attr) && self.draft.is_changed();
        let came = Value::Source(self.draft.event.user().filter(|_| of_user)?);
        let then = part_of(&came, path);
        let now = self.draft.raw_at(path);
        let is_secret = |value: &Option<Value<'_>>| value.as_ref().is_some_and(|value| value.view().holds_secret());
        if let (Some(Value::Source(then)), Some(Value::Source(now))) = (&then, &now)
            && then.is_at(*now)
        {
            return None;
        }
        if is_secret(&now) || is_secret(&then) {
            return Some(format!("\n{path} as rules {} have left it", self.draft.set.hash));
        }
        let is_same = match (&then, &now) {
            (None, None) => true,
            (Some(then), Some(now)) => then.view().identical(now.view()),
            (Some(_), None) | (None, Some(_)) => false,
        };
        let shown = || now.as_ref().map_or_else(|| "absent".to_owned(), |now| now.view().to_json());
        (!is_same).then(|| format!("\n{path} became {}", shown()))
    }

    /// A place of the file at hand, as it is written; spaces outside of quotes count once.
    fn written_at(&self, span: &std::ops::Range<usize>) -> String {
        let text = self.file.text.get(span.clone()).unwrap_or_default();
        let (mut out, mut quote) = (String::with_capacity(text.len()), None);
        for letter in text.chars() {
            match (quote, letter) {
                (None, '"' | '\'' | '`') => quote = Some(letter),
                (Some(open), letter) if open == letter => quote = None,
                _ => {}
            }
            match quote.is_none() && letter.is_whitespace() {
                true if out.ends_with(' ') => {}
                true => out.push(' '),
                false => out.push(letter),
            }
        }
        out
    }

    fn lacks_secret(&self, what: impl Into<String>) -> Interrupted {
        let what = what.into();
        self.lacks(format!(
            "needs the secret `{what}`: what is asked of it is another question than then, and secrets are not recorded"
        ))
    }

    fn lacks(&self, why: String) -> Interrupted {
        Interrupted::Unreadable(Box::new(Failure { is_undecidable: true, ..self.failure(why) }))
    }
}

/// What is worth noting of how a question ended.
fn outcome_of(found: &Evaluation<bool>) -> Option<OnSecret> {
    Some(match found {
        Ok(false) => OnSecret::No,
        Ok(true) => OnSecret::Yes,
        Err(Interrupted::Unreadable(failure)) => OnSecret::Unreadable(failure.message.clone()),
        Err(Interrupted::Failed(failure)) => OnSecret::Failed(failure.message.clone()),
        Err(Interrupted::Waiting) => return None,
    })
}
