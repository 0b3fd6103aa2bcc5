//! Computes values: reads names, fills templates, calls functions, runs scripts.

use std::sync::Arc;

use super::decision::Failure;
use super::draft::borrowed;
use super::interrupted::{Evaluation, Interrupted, Together};
use super::rule_run::RuleRun;
use crate::diagnostic::Place;
use crate::event::secret::{UNKNOWN, WITHHELD};
use crate::event::{Shape, Value, View};
use crate::rule::{Answers, Expression, Function, Inputs, Outcome, Question, Run, ScriptUse};
use crate::yaml::listed;

/// How many times one script may stop to ask a lookup, tables included: it begins anew each time.
const QUESTIONS_PER_SCRIPT: usize = 250;

/// What a value takes beside its text, in bytes.
const ELEMENT_BYTES: usize = 32;
/// Most letters of a script that a message shows.
const SHOWN_LETTERS: usize = 60;
/// What a value without a name is called.
pub(super) const A_VALUE: &str = "a value";

/// An expression as the rule has it, scripts shortened.
fn shown(expression: &Expression) -> String {
    let expression = expression.as_written();
    let written = expression.spelled();
    match expression {
        Expression::Script(_) if written.chars().nth(SHOWN_LETTERS).is_some() => {
            written.chars().take(SHOWN_LETTERS).chain(['…']).collect()
        }
        _ => written,
    }
}

/// The names that an expression reads, each once.
fn reads_of(expression: &Expression) -> Vec<String> {
    let mut reads = Vec::new();
    expression.reads(&mut reads);
    let mut names: Vec<String> = reads.iter().map(|read| read.path.to_string()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// What a person calls the value of an expression.
pub(super) fn name_of(expression: &Expression) -> String {
    match expression {
        Expression::Read(read) => read.path.to_string(),
        Expression::Coalesce(first, _) => name_of(first),
        Expression::Call(function, values) => match values.first().map(name_of) {
            Some(name) if name != A_VALUE => format!("{}({name})", function.name),
            _ => A_VALUE.to_owned(),
        },
        _ => A_VALUE.to_owned(),
    }
}

/// About how many bytes a value has.
pub(super) fn weight(value: View<'_>) -> usize {
    match value.shape() {
        Shape::Text(text) => text.len(),
        Shape::Number(number) => number.len(),
        Shape::List(list) => list.iter().map(|item| ELEMENT_BYTES + weight(item)).sum(),
        Shape::Map(map) => map.iter().map(|(key, field)| ELEMENT_BYTES + key.len() + weight(field)).sum(),
        Shape::Null | Shape::Bool(_) | Shape::Secret(_) => ELEMENT_BYTES,
    }
}

impl<'e> RuleRun<'_, 'e> {
    /// The value of an expression; `None` when it is absent.
    pub fn evaluate(&mut self, expression: &'e Expression) -> Evaluation<Option<Value<'e>>> {
        match expression {
            Expression::Constant(value) => Ok(Some(borrowed(value))),
            Expression::Read(read) => self.read(read),
            Expression::Template(parts) => self.template(parts).map(Some),
            Expression::Coalesce(first, second) => match self.evaluate(first)? {
                Some(value) => Ok(Some(value)),
                None => self.evaluate(second),
            },
            Expression::Call(function, arguments) => {
                let mut values = Vec::with_capacity(arguments.len());
                let mut together = Together::default();
                for (place, argument) in arguments.iter().enumerate() {
                    let value = self.evaluate(argument);
                    let value = together.take(value)?.flatten().unwrap_or(Value::Null);
                    values.push(match argument {
                        Expression::Constant(_) => function.written(place, value, &self.draft.clock),
                        _ => value,
                    });
                }
                together.end(())?;
                match self.draft.watches_secrets() && values.iter().any(|value| value.view().holds_secret()) {
                    true => self.called_on_secret(function, arguments, &values),
                    false => self.called(function, arguments, &values),
                }
            }
            Expression::Script(script) => {
                let outcome = self.run(script)?;
                let value = outcome.value;
                Ok((!matches!(value, Value::Null)).then_some(value))
            }
            Expression::List(items) => {
                let mut filled = Vec::with_capacity(items.len());
                let mut together = Together::default();
                for item in items {
                    let value = self.required(item);
                    filled.extend(together.take(value)?);
                }
                together.end(Some(Value::List(filled)))
            }
            Expression::Map(fields) => {
                let mut filled = Vec::with_capacity(fields.len());
                let mut together = Together::default();
                for (key, field) in fields {
                    let value = self.required(field);
                    filled.extend(together.take(value)?.map(|value| (key.as_str().into(), value)));
                }
                together.end(Some(Value::Map(filled)))
            }
        }
    }

    /// The value of an expression that must not be absent.
    pub fn required(&mut self, expression: &'e Expression) -> Evaluation<Value<'e>> {
        if let Some(value) = self.evaluate(expression)? {
            return Ok(value);
        }
        if let Some(failure) = self.unreadable.take() {
            return Err(Interrupted::Unreadable(failure));
        }
        let name = shown(expression);
        let mut failure = self.failure(match (expression.as_written(), reads_of(expression).as_slice()) {
            (Expression::Read(_), _) | (_, []) => format!("`{name}` is absent"),
            (_, reads) => format!("`{name}` is absent; it reads {}", listed(reads.iter().map(String::as_str))),
        });
        failure.help = Some(format!("test `empty: false` in `when`, or write `${{{name} ?? \"\"}}`"));
        if let Expression::Script(used) = expression {
            failure.place = Place { file: Arc::clone(self.file), span: used.span.clone() };
        }
        Err(failure.into())
    }

    /// What a function answers to these values.
    pub(super) fn called(
        &mut self,
        function: &Function,
        arguments: &[Expression],
        values: &[Value<'_>],
    ) -> Evaluation<Option<Value<'static>>> {
        match function.call(values, &self.draft.clock) {
            Ok(Value::Null) => {
                self.note_unreadable(function, arguments, values);
                Ok(None)
            }
            Ok(value) => {
                self.make(|| weight(value.view()))?;
                Ok(Some(value))
            }
            Err(why) => Err(self.fail(why)),
        }
    }

    /// Remembers why a function's answer is absent, where that is a date that cannot be read.
    fn note_unreadable(&mut self, function: &Function, arguments: &[Expression], values: &[Value<'_>]) {
        if let Some((place, unreadable)) = function.unreadable(values, &self.draft.clock) {
            let name = arguments.get(place).map_or_else(String::new, name_of);
            self.unreadable = Some(Box::new(self.unreadable_failure(&name, &unreadable.to_string())));
        }
    }

    /// A date that cannot be read, told by its name and its shape, never by what stands there.
    pub(super) fn unreadable_failure(&self, name: &str, shape: &str) -> Failure {
        let mut failure = self.failure(format!("`{name}` is not a date that can be read: it is {shape}"));
        failure.help = Some("test `is_date: false` in a rule before, or see `dates` of gateway.yaml".to_owned());
        failure
    }

    fn template(&mut self, parts: &'e [Expression]) -> Evaluation<Value<'e>> {
        let mut text = String::new();
        let (mut is_secret, mut lacks_secret) = (false, false);
        let mut together = Together::default();
        for part in parts {
            let value = self.required(part);
            if let Some(value) = together.take(value)? {
                // Only what holds a secret is copied to be seen; most values are written as they lie there.
                if value.view().holds_secret() {
                    is_secret = true;
                    lacks_secret |= !self.draft.knows_secrets() && value.view().lacks_secret();
                    let exposed = value.exposed();
                    self.make(|| weight(exposed.view()))?;
                    text.push_str(&exposed.view().as_text());
                } else {
                    self.make(|| weight(value.view()))?;
                    text.push_str(&value.view().as_text());
                }
            }
        }
        if lacks_secret {
            let is_blank = text.replace(UNKNOWN, "").trim().is_empty();
            text = String::from(if is_blank { UNKNOWN } else { WITHHELD });
        }
        let text = Value::text(text);
        together.end(if is_secret { text.into_secret() } else { text })
    }

    /// Runs a script: its last value, the verbs it called, and whether it met a date that cannot be read. Lookups it asks
    /// are answered, and it runs again.
    pub fn run(&mut self, used: &'e ScriptUse) -> Evaluation<Outcome> {
        let mut answers = Answers::new();
        for _ in 0..QUESTIONS_PER_SCRIPT {
            let mut reads = Vec::with_capacity(used.reads.len());
            for read in &used.reads {
                let value = self.read(read)?;
                value.iter().try_for_each(|value| self.known(value.view(), || read.path.to_string()))?;
                reads.push(value);
            }
            let inputs = Inputs {
                reads,
                now: self.draft.clock.now,
                calendar: self.draft.clock.calendar.clone(),
                answers: Arc::new(answers.clone()),
            };
            match self.draft.set.scripts.run(&used.script, inputs) {
                Run::Done(outcome) => {
                    self.unreadable = outcome.unreadable.as_ref().map(|why| {
                        let mut failure = self.failure(why.clone());
                        failure.help = Some("ask `date(x) == ()` before, or see `dates` of gateway.yaml".to_owned());
                        Box::new(failure)
                    });
                    if let Some(failure) = self.unreadable.take_if(|_| outcome.is_unknown) {
                        return Err(Interrupted::Unreadable(failure));
                    }
                    return Ok(outcome);
                }
                Run::Failed(failure) => {
                    return Err(self.script_failure(used, failure.message, failure.line_column).into());
                }
                Run::Asks(questions) => {
                    let mut together = Together::default();
                    for question in questions {
                        let row = self.rows_asked(&question);
                        let row = together.take(row)?.unwrap_or(Value::Null);
                        self.known(row.view(), || format!("a row of lookup {}", question.lookup))?;
                        self.met_secret |= row.view().holds_secret() || question.key.view().holds_secret();
                        answers.insert((question.lookup, question.key.to_json(), question.all), row);
                    }
                    together.end(())?;
                }
            }
        }
        Err(self.fail(format!("the script asks lookups, tables included, more than {QUESTIONS_PER_SCRIPT} times")))
    }

    /// The first row that a script asked for, or the list of all of them.
    fn rows_asked(&mut self, question: &Question) -> Evaluation<Value<'static>> {
        let lookup = &question.lookup;
        let Some(place) = self.draft.set.lookups.iter().position(|known| known.name == *lookup) else {
            return Err(self.fail(format!("the script asks lookup `{lookup}`, which is not declared")));
        };
        let day = self.today_of(place);
        let mut rows = self.valid_rows(place, question.key.view(), day)?;
        let hidden = |row: &Value<'static>| self.draft.set.hooks.secrets.hide(row.clone());
        Ok(match question.all {
            true => Value::List(rows.map(hidden).collect()),
            false => rows.next().map_or(Value::Null, hidden),
        })
    }

    /// A script's own line is added to the line of the file on which the script begins.
    fn script_failure(&self, used: &ScriptUse, message: String, line_column: Option<(usize, usize)>) -> Failure {
        let mut failure = self.failure(message);
        failure.place = Place { file: Arc::clone(self.file), span: used.span.clone() };
        if let Some((line, _)) = line_column {
            let text = &failure.place.file.text;
            let from = used.span.start;
            let ahead = text.get(from..).unwrap_or_default().match_indices('\n').nth(line.saturating_sub(2));
            if let Some((newline, _)) = ahead.filter(|_| line > 1) {
                let begin = from + newline + 1;
                failure.place.span = begin..begin;
            }
        }
        failure
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_weighs_its_letters_and_something_for_each_part() {
        for (json, bytes) in [
            ("null", 32),
            ("true", 32),
            (r#""""#, 0),
            (r#""naïve""#, 6),
            ("12.5", 4),
            ("[]", 0),
            (r#"["ab", 7]"#, 32 + 2 + 32 + 1),
            (r#"{"key": "ab", "k": null}"#, 32 + 3 + 2 + 32 + 1 + 32),
            (r#"[{"k": [1]}]"#, 32 + 32 + 1 + 32 + 1),
        ] {
            let value: serde_json::Value = serde_json::from_str(json).unwrap();
            assert_eq!(weight(Value::from(value).view()), bytes, "{json}");
        }
    }
}
