//! Values computed: names read, templates filled in, functions called, scripts run.

use std::sync::Arc;

use crate::diagnostic::Place;
use crate::event::Value;
use crate::rule::{Answers, Expression, Inputs, Run, ScriptUse, Verb};

use super::decision::Failure;
use super::draft::{Draft, borrowed};

/// How many times one script may stop to ask a lookup.
const QUESTIONS_PER_SCRIPT: usize = 32;

impl<'e> Draft<'e> {
    /// The value of an expression; `None` when it is absent.
    pub fn evaluate(&mut self, expression: &'e Expression) -> Result<Option<Value<'e>>, Failure> {
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
                for argument in arguments {
                    values.push(self.evaluate(argument)?.unwrap_or(Value::Null));
                }
                match function.call(&values, &self.clock) {
                    Ok(Value::Null) => Ok(None),
                    Ok(value) => Ok(Some(value)),
                    Err(why) => Err(self.fail(why)),
                }
            }
            Expression::Script(script) => {
                let (value, _) = self.run(script)?;
                Ok((!matches!(value, Value::Null)).then_some(value))
            }
            Expression::List(items) => {
                let items: Result<_, _> = items.iter().map(|item| self.required(item)).collect();
                Ok(Some(Value::List(items?)))
            }
            Expression::Map(fields) => {
                let mut filled = Vec::with_capacity(fields.len());
                for (key, field) in fields {
                    filled.push((key.as_str().into(), self.required(field)?));
                }
                Ok(Some(Value::Map(filled)))
            }
        }
    }

    /// The value of an expression that must not be absent.
    pub fn required(&mut self, expression: &'e Expression) -> Result<Value<'e>, Failure> {
        if let Some(value) = self.evaluate(expression)? {
            return Ok(value);
        }
        let mut failure = match expression {
            Expression::Read(read) => self.fail(format!("`{}` is absent", read.path)),
            _ => self.fail("a value the rule needs is absent"),
        };
        let name = match expression {
            Expression::Read(read) => read.path.to_string(),
            _ => "…".to_owned(),
        };
        failure.help = Some(format!("test `present: true` in `when`, or write `${{{name} ?? \"\"}}`"));
        Err(failure)
    }

    fn template(&mut self, parts: &'e [Expression]) -> Result<Value<'e>, Failure> {
        let mut text = String::new();
        for part in parts {
            text.push_str(&self.required(part)?.view().as_text());
        }
        Ok(Value::text(text))
    }

    /// Runs a script: its last value and the verbs it called. Lookups it asks are answered, and it runs again.
    pub fn run(&mut self, used: &'e ScriptUse) -> Result<(Value<'static>, Vec<Verb>), Failure> {
        let mut answers = Answers::new();
        for _ in 0..QUESTIONS_PER_SCRIPT {
            let mut reads = Vec::with_capacity(used.reads.len());
            for read in &used.reads {
                reads.push(self.read(read)?);
            }
            let inputs = Inputs {
                reads,
                now: self.clock.now,
                zone: self.clock.zone.clone(),
                answers: Arc::new(answers.clone()),
            };
            match self.set.scripts.run(&used.script, inputs) {
                Run::Done(outcome) => return Ok((outcome.value, outcome.verbs)),
                Run::Failed(failure) => return Err(self.script_failure(used, failure.message, failure.line_column)),
                Run::Asks(questions) => {
                    for question in questions {
                        let row = self.first_row(&question.lookup, &question.key)?;
                        answers.insert((question.lookup, question.key.to_json()), row);
                    }
                }
            }
        }
        Err(self.fail(format!("the script asks lookups more than {QUESTIONS_PER_SCRIPT} times")))
    }

    fn first_row(&self, lookup: &str, key: &Value<'_>) -> Result<Value<'static>, Failure> {
        let Some(place) = self.set.lookups.iter().position(|known| known.name == lookup) else {
            return Err(self.fail(format!("the script asks lookup `{lookup}`, which is not declared")));
        };
        let rows = self.rows(place, &key.view().as_text())?;
        Ok(rows.first().cloned().unwrap_or(Value::Null))
    }

    /// A script's own line is added to the line of the file on which the script begins.
    fn script_failure(&self, used: &ScriptUse, message: String, line_column: Option<(usize, usize)>) -> Failure {
        let mut failure = self.fail(message);
        if let Some(file) = self.file {
            failure.place = Place { file: Arc::clone(file), span: used.span.clone() };
        }
        if let Some((line, _)) = line_column {
            let text = &failure.place.file.text;
            let from = used.span.start;
            let ahead = text.get(from..).unwrap_or_default().match_indices('\n').nth(line.saturating_sub(2));
            if let Some((newline, _)) = ahead.filter(|_| line > 1) {
                failure.place.span = from + newline + 1..from + newline + 2;
            }
        }
        failure
    }
}
