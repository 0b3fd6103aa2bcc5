//! Conditions: whether they hold of an event, and if not, what they saw.

use std::sync::Arc;

use jiff::Timestamp;

use crate::diagnostic::Place;
use crate::event::{Shape, Value, View, moment};
use crate::rule::{Check, Checks, Condition, Expression, Moment, Operator, Read, Test};

use super::draft::Draft;
use super::halt::{Result, Together};
use super::plain::name_of;
use super::trace::Why;

impl<'e> Draft<'e> {
    /// Whether a condition holds.
    pub fn holds(&mut self, condition: &'e Condition) -> Result<bool> {
        match condition {
            Condition::Always => Ok(true),
            Condition::All(all) => {
                let mut together = Together::default();
                for condition in all {
                    let held = self.holds(condition);
                    if together.take(held)? == Some(false) {
                        return together.end(false);
                    }
                }
                together.end(true)
            }
            Condition::Any(any) => {
                let mut together = Together::default();
                for condition in any {
                    let held = self.holds(condition);
                    if together.take(held)? == Some(true) {
                        self.why = None;
                        return together.end(true);
                    }
                }
                together.end(false)
            }
            Condition::Not(inner) => {
                let held = self.holds(inner)?;
                self.why = None;
                Ok(!held)
            }
            Condition::Test(test) => {
                let held = self.test(test)?;
                self.note_tested(&test.span, held);
                Ok(held)
            }
            Condition::Script(script) => {
                let held = match self.evaluate(&script.value)? {
                    Some(value) => match value.view().compared().shape() {
                        Shape::Bool(held) => held,
                        _ => {
                            return Err(self
                                .fail(format!("the condition gave {}, not true or false", value.view().kind_name())));
                        }
                    },
                    None => false,
                };
                self.note_tested(&script.span, held);
                if !held {
                    self.note_why(&script.span, || "the script gave false".to_owned());
                }
                Ok(held)
            }
        }
    }

    /// Whether one test holds.
    pub fn test(&mut self, test: &'e Test) -> Result<bool> {
        let value = self.read(&test.subject)?;
        self.subject = Some(&test.subject.path);
        let view = value.as_ref().map(Value::view);
        for check in &test.checks.checks {
            if !self.check(check, view, test.checks.ignore_case)? {
                if self.is_tracing {
                    let saw = self.saw(&test.subject, value.as_ref(), check);
                    self.note_why(&check.span, || saw);
                    self.name_subject(&test.subject);
                }
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn all_hold(&mut self, checks: &'e Checks, value: Option<View<'_>>) -> Result<bool> {
        for check in &checks.checks {
            if !self.check(check, value, checks.ignore_case)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn check(&mut self, check: &'e Check, value: Option<View<'_>>, ignore_case: bool) -> Result<bool> {
        let value = match (&check.operator, value) {
            (Operator::Present(wanted), value) => return Ok(value.is_some() == *wanted),
            (Operator::Empty(wanted), value) => return Ok(value.is_none_or(View::is_empty) == *wanted),
            (Operator::Not(inner), value) => return self.all_hold(inner, value).map(|held| !held),
            (_, None) => return Ok(false),
            (_, Some(value)) => value,
        };
        match &check.operator {
            Operator::FoundIn(lookup) => Ok(!self.rows(*lookup, value)?.is_empty()),
            Operator::AnyElement(checks) => self.elements(checks, value, true),
            Operator::EveryElement(checks) => self.elements(checks, value, false),
            _ => self.compare(check, value, ignore_case),
        }
    }

    /// Whether an operator holds of a value. It lays a secret open for itself: the answer tells nothing of it.
    fn compare(&mut self, check: &'e Check, value: View<'_>, ignore_case: bool) -> Result<bool> {
        match &check.operator {
            Operator::Before(moment) => self.on_moments(value, moment, |value, moment| value < moment),
            Operator::After(moment) => self.on_moments(value, moment, |value, moment| value > moment),
            operator => Ok(match operator.operand() {
                None => self.told(operator, value, value, ignore_case)?,
                Some(Expression::Constant(operand)) => self.told(operator, value, operand.view(), ignore_case)?,
                Some(operand) => {
                    let operand = self.required(operand)?;
                    self.told(operator, value, operand.view(), ignore_case)?
                }
            }),
        }
    }

    /// Whether an operator holds of two values, as far as it can be told of what is recorded.
    fn told(&mut self, operator: &Operator, value: View<'_>, operand: View<'_>, ignore_case: bool) -> Result<bool> {
        self.comparable(operator, value, operand, ignore_case)?;
        Ok(operator.compare(value, operand, ignore_case))
    }

    fn elements(&mut self, checks: &'e Checks, value: View<'_>, wanted: bool) -> Result<bool> {
        let Shape::List(list) = value.compared().shape() else { return Ok(false) };
        let is_secret = value.is_secret();
        for item in list.iter() {
            let item = if is_secret { item.hidden() } else { item };
            if self.all_hold(checks, Some(item))? == wanted {
                return Ok(wanted);
            }
        }
        Ok(!wanted)
    }

    fn on_moments(
        &mut self,
        value: View<'_>,
        moment: &'e Moment,
        holds: impl Fn(Timestamp, Timestamp) -> bool,
    ) -> Result<bool> {
        self.known_subject(value)?;
        let Some(value) = moment::read(value.compared(), &self.clock.zone) else { return Ok(false) };
        let other = match moment {
            Moment::Written(text) => moment::read_text(text, &self.clock.zone),
            Moment::Relative(offset) => offset.from(self.clock.now, &self.clock.zone),
            Moment::Value(expression) => {
                let operand = self.required(expression)?;
                self.known(operand.view(), || name_of(expression))?;
                let read = moment::read(operand.view().compared(), &self.clock.zone);
                if read.is_none() {
                    return Err(self.fail("the value to compare with is no date"));
                }
                read
            }
        };
        Ok(other.is_some_and(|other| holds(value, other)))
    }

    /// For the coverage of tests.
    fn note_tested(&mut self, span: &std::ops::Range<usize>, held: bool) {
        if self.is_tracing {
            self.tested.push((span.clone(), held));
        }
    }

    fn note_why(&mut self, span: &std::ops::Range<usize>, saw: impl FnOnce() -> String) {
        let Some(file) = self.file.filter(|_| self.is_tracing) else { return };
        let place = Place { file: Arc::clone(file), span: span.clone() };
        let written = place.file.text.get(span.clone()).unwrap_or_default();
        let condition = written.lines().next().unwrap_or_default().trim().to_owned();
        self.why = Some(Why { condition, saw: saw(), at: place.file_line() });
    }

    /// The condition that failed is shown behind the name it is about.
    fn name_subject(&mut self, subject: &Read) {
        if let Some(why) = &mut self.why {
            why.condition = format!("{}: {}", subject.path, why.condition);
        }
    }

    /// A name with its value, in words.
    pub(super) fn shown_name(name: &Read, value: Option<&Value<'_>>) -> String {
        let path = &name.path;
        match value {
            None => format!("`{path}` is absent"),
            Some(value) => format!("`{path}` is {}", value.view().shown()),
        }
    }

    /// The value a check saw, in words, with the two types where they are why it failed.
    fn saw(&mut self, subject: &Read, value: Option<&Value<'_>>, check: &'e Check) -> String {
        let mut saw = Self::shown_name(subject, value);
        let Some(value) = value.map(Value::view).filter(|value| !value.is_secret()) else { return saw };
        let wanted = match &check.operator {
            Operator::Is(operand)
            | Operator::Compare(_, operand)
            | Operator::StartsWith(operand)
            | Operator::EndsWith(operand) => {
                self.evaluate(operand).ok().flatten().map(|operand| operand.view().kind_name())
            }
            Operator::In(operand) => {
                self.evaluate(operand).ok().flatten().and_then(|operand| element_kind(operand.view()))
            }
            Operator::Matches(_) => Some("text"),
            Operator::Before(_) | Operator::After(_) if moment::read(value, &self.clock.zone).is_none() => {
                Some("a date")
            }
            Operator::AnyElement(_) | Operator::EveryElement(_) => Some("a list"),
            _ => None,
        };
        if let Some(wanted) = wanted.filter(|wanted| *wanted != value.kind_name()) {
            saw += &format!(", which is {}, not {wanted}", value.kind_name());
        }
        saw
    }
}

/// The one kind that all elements of a list have.
fn element_kind(list: View<'_>) -> Option<&'static str> {
    let Shape::List(list) = list.shape() else { return None };
    let mut kinds = list.iter().map(View::kind_name);
    let first = kinds.next()?;
    kinds.all(|kind| kind == first).then_some(first)
}
