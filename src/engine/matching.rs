//! Tests conditions against an event, and notes what they saw where they do not hold.

use std::cmp::Ordering;
use std::sync::Arc;

use super::evaluate::name_of;
use super::interrupted::{Evaluation, Interrupted, Together};
use super::rule_run::RuleRun;
use super::trace::Why;
use crate::diagnostic::Place;
use crate::event::{Path, Segment, Shape, Value, View, date};
use crate::rule::{
    At, Base, Check, Checks, Comparator, Comparison, Condition, DateOperand, Expression, Operator, Property,
    Quantifier, Read, Relation, ScriptCondition, Side, Takes, Test, address, fits, there,
};

impl<'e> RuleRun<'_, 'e> {
    /// Whether a condition holds.
    pub fn holds(&mut self, condition: &'e Condition) -> Evaluation<bool> {
        match condition {
            Condition::Always => Ok(true),
            Condition::All(all) => {
                let mut together = Together::default();
                for condition in all {
                    let held = self.holds(condition);
                    if together.take(held)? == Some(false) {
                        return together.settled(false);
                    }
                }
                together.end(true)
            }
            Condition::Any(any) => {
                let mut together = Together::default();
                for condition in any {
                    let held = self.holds(condition);
                    if together.take(held)? == Some(true) {
                        self.noted.why = None;
                        return together.settled(true);
                    }
                }
                together.end(false)
            }
            Condition::Not(inner) => {
                let held = self.holds(inner)?;
                self.noted.why = None;
                Ok(!held)
            }
            Condition::Test(test) => {
                let held = self.test(test)?;
                self.note_tested(&test.span, held);
                Ok(held)
            }
            Condition::Script(script) => {
                let held = self.on_secrets(|run| run.script_asked(script), |run| run.script_holds(script))?;
                self.note_tested(&script.span, held);
                if !held {
                    self.note_why(&script.span, || "the script gave false".to_owned());
                }
                Ok(held)
            }
        }
    }

    fn script_holds(&mut self, script: &'e ScriptCondition) -> Evaluation<bool> {
        self.unreadable = None;
        let held = match self.evaluate(&script.value)? {
            Some(value) => match value.view().compared().shape() {
                Shape::Bool(held) => held,
                _ => {
                    let kind = value.view().kind_name();
                    return Err(self.fail(format!("the condition gave {kind}, not true or false")));
                }
            },
            None => false,
        };
        match self.unreadable.take().filter(|_| !held) {
            Some(failure) => Err(Interrupted::Unreadable(failure)),
            None => Ok(held),
        }
    }

    /// Whether one test holds.
    pub fn test(&mut self, test: &'e Test) -> Evaluation<bool> {
        self.on_secrets(|run| run.test_asked(test), |run| run.test_holds(test))
    }

    fn test_holds(&mut self, test: &'e Test) -> Evaluation<bool> {
        self.unreadable = None;
        let value = self.read(&test.subject)?;
        self.subject = Some(&test.subject.path);
        let view = value.as_ref().map(Value::view);
        let mut together = Together::default();
        for check in &test.checks.checks {
            let held = self.check(check, view, test.checks.ignore_case);
            if together.take(held)? == Some(false) {
                if self.draft.is_tracing {
                    let saw = self.saw(&test.subject, value.as_ref(), check);
                    self.note_why(&check.span, || saw);
                    self.name_subject(&test.subject);
                }
                return together.settled(false);
            }
        }
        self.note_seen(&test.span, || Self::shown_name(&test.subject, value.as_ref()));
        together.end(true)
    }

    fn all_hold(&mut self, checks: &'e Checks, value: Option<View<'_>>) -> Evaluation<bool> {
        let mut together = Together::default();
        for check in &checks.checks {
            let held = self.check(check, value, checks.ignore_case);
            if together.take(held)? == Some(false) {
                return together.settled(false);
            }
        }
        together.end(true)
    }

    fn check(&mut self, check: &'e Check, value: Option<View<'_>>, ignore_case: bool) -> Evaluation<bool> {
        let held = match (&check.operator.comparator, value) {
            (Comparator::Property(Property::Present, wanted), value) => value.is_some() == *wanted,
            (Comparator::Property(Property::Empty, wanted), None) => *wanted,
            (Comparator::Property(Property::Empty, wanted), Some(value)) => self.is_empty(value)? == *wanted,
            (Comparator::Not(inner), value) => !self.all_hold(inner, value)?,
            (
                Comparator::Value(..)
                | Comparator::Pattern(_)
                | Comparator::Date(..)
                | Comparator::Property(Property::Over | Property::IsDate, _)
                | Comparator::Length(_)
                | Comparator::Range(_)
                | Comparator::Within(_)
                | Comparator::Elements(..)
                | Comparator::Count(..)
                | Comparator::FoundIn(_),
                None,
            ) => return self.of_absent(),
            (Comparator::Field(steps, checks), value) => {
                let field = value.map_or(Ok(None), |element| self.field_of(element, steps))?;
                self.all_hold(checks, field)?
            }
            (Comparator::FoundIn(lookup), Some(value)) => {
                let day = self.today_of(*lookup);
                self.valid_rows(*lookup, value, day)?.next().is_some()
            }
            (Comparator::Elements(quantifier, checks), Some(value)) => self.elements(checks, value, *quantifier)?,
            (Comparator::Count(wanted, checks), Some(value)) => self.count(wanted, checks, value)?,
            (Comparator::Date(side, moment), Some(value)) => self.ordered(check, value, *side, moment)?,
            (Comparator::Property(Property::Over, wanted), Some(value)) => {
                let moment = self.moment(check, value, None)?;
                moment.is_some_and(|moment| moment.is_over(self.draft.clock.now, &self.draft.clock.calendar) == *wanted)
            }
            (Comparator::Property(Property::IsDate, wanted), Some(value)) => {
                self.known_subject(value)?;
                match date::read(value.compared(), &self.draft.clock.calendar) {
                    Ok(Some(_)) => *wanted,
                    Ok(None) => false,
                    Err(_) => !*wanted,
                }
            }
            (Comparator::Value(_, operand), Some(value)) => {
                return self.compare(&check.operator, operand, value, ignore_case);
            }
            (
                Comparator::Pattern(_) | Comparator::Length(_) | Comparator::Range(_) | Comparator::Within(_),
                Some(value),
            ) => return self.compare_with(&check.operator, value, value, ignore_case),
        };
        Ok(held != check.operator.is_negated)
    }

    /// No operator holds of an absent value. Whether one holds of what was to be computed from a date that cannot be read,
    /// nobody knows.
    fn of_absent(&self) -> Evaluation<bool> {
        self.unreadable.clone().map_or(Ok(false), |failure| Err(Interrupted::Unreadable(failure)))
    }

    /// Whether an operator holds of a value. It lays a secret open for itself: the answer tells nothing of it.
    fn compare(
        &mut self,
        operator: &Operator,
        operand: &'e Expression,
        value: View<'_>,
        ignore_case: bool,
    ) -> Evaluation<bool> {
        if let Expression::Constant(operand) = operand {
            return self.compare_with(operator, value, operand.view(), ignore_case);
        }
        let operand = self.required(operand)?;
        self.compare_with(operator, value, operand.view(), ignore_case)
    }

    fn compare_with(
        &self,
        operator: &Operator,
        value: View<'_>,
        operand: View<'_>,
        ignore_case: bool,
    ) -> Evaluation<bool> {
        self.comparable(operator, value, operand)?;
        Ok(operator.compare(value, operand, ignore_case))
    }

    fn elements(&mut self, checks: &'e Checks, value: View<'_>, quantifier: Quantifier) -> Evaluation<bool> {
        let Some(items) = self.items(value)? else { return Ok(false) };
        let settles = quantifier == Quantifier::Any;
        let mut together = Together::default();
        for item in items {
            let held = self.all_hold(checks, there(item));
            if together.take(held)? == Some(settles) {
                return together.settled(settles);
            }
        }
        together.end(!settles)
    }

    /// The elements of a list; those of a secret are secrets. `None` where it is no list.
    fn items<'v>(&self, value: View<'v>) -> Evaluation<Option<impl Iterator<Item = View<'v>> + use<'v>>> {
        let is_secret = value.is_secret();
        if is_secret {
            self.known_subject(value)?;
        }
        let Shape::List(list) = value.compared().shape() else { return Ok(None) };
        Ok(Some(list.iter().map(move |item| if is_secret { item.hidden() } else { item })))
    }

    /// Whether so many elements hold. Those of which that is not known do not matter where it comes out the same with and
    /// without them.
    fn count(&mut self, wanted: &[(Comparison, u64)], checks: &'e Checks, value: View<'_>) -> Evaluation<bool> {
        let Some(items) = self.items(value)? else { return Ok(false) };
        let (mut held, mut unknown) = (0, 0);
        let mut together = Together::default();
        for item in items {
            let holds = self.all_hold(checks, there(item));
            match together.take(holds)? {
                Some(holds) => held += u64::from(holds),
                None => unknown += 1,
            }
        }
        let first = fits(wanted, held);
        match (held..=held + unknown).all(|number| fits(wanted, number) == first) {
            true => together.settled(first),
            false => together.end(first),
        }
    }

    /// The field of an element to which these steps lead. What is in a secret that is not there nobody knows.
    pub(super) fn field_of<'v>(&self, element: View<'v>, steps: &[Segment]) -> Evaluation<Option<View<'v>>> {
        let mut value = Some(element);
        for step in steps {
            let Some(before) = value else { break };
            if before.is_secret() {
                self.known_subject(before)?;
            }
            value = before.step(step);
        }
        Ok(value.and_then(there))
    }

    /// Whether the checks hold of an element of the list at a path.
    pub(super) fn element_holds(&mut self, checks: &'e Checks, element: View<'_>, list: &'e Path) -> Evaluation<bool> {
        self.unreadable = None;
        self.subject = Some(list);
        self.all_hold(checks, there(element))
    }

    /// Whether a value lies so in time beside a moment. What is absent lies nowhere.
    fn ordered(&mut self, check: &'e Check, value: View<'_>, side: Side, moment: &'e DateOperand) -> Evaluation<bool> {
        let Some(value) = self.moment(check, value, None)? else { return Ok(false) };
        let base = match &moment.base {
            Base::Start(start) => Some(start.moment(self.draft.clock.now, &self.draft.clock.calendar)),
            Base::Written(written, _) => Some(written.moment(&self.draft.clock.calendar)),
            Base::Value(expression) => match self.evaluate(expression)? {
                Some(value) => self.moment(check, value.view(), Some(expression))?,
                None => None,
            },
        };
        let Some(base) = base else { return Ok(false) };
        let other = moment.offset.map_or(base, |offset| offset.from(base, &self.draft.clock.calendar));
        Ok(value.order(other)
            == match side {
                Side::Before => Ordering::Less,
                Side::After => Ordering::Greater,
            })
    }

    /// The value that is tested, or one that it is compared with, as a moment; `None` where there is none. What cannot be
    /// read is told by its name and its shape.
    fn moment(
        &mut self,
        check: &Check,
        value: View<'_>,
        compared_with: Option<&Expression>,
    ) -> Evaluation<Option<date::Moment>> {
        match compared_with {
            None => self.known_subject(value)?,
            Some(expression) => self.known(value, || name_of(expression))?,
        }
        let unreadable = match date::read(value.compared(), &self.draft.clock.calendar) {
            Ok(moment) => return Ok(moment),
            Err(_) if value.holds_secret() => date::Unreadable::hidden(),
            Err(unreadable) => unreadable,
        };
        let name = match (compared_with, self.subject) {
            (Some(expression), _) => name_of(expression),
            (None, Some(subject)) => subject.to_string(),
            (None, None) => "a value".to_owned(),
        };
        let mut failure = self.unreadable_failure(&name, &unreadable.to_string());
        failure.place = Place { file: Arc::clone(self.file), span: check.span.clone() };
        Err(Interrupted::Unreadable(Box::new(failure)))
    }

    /// For the coverage of tests.
    fn note_tested(&mut self, span: &std::ops::Range<usize>, held: bool) {
        if self.draft.is_tracing {
            self.noted.tested.push((span.clone(), held));
        }
    }

    fn note_why(&mut self, span: &std::ops::Range<usize>, saw: impl FnOnce() -> String) {
        self.noted.why = self.reason(span, saw).or(self.noted.why.take());
    }

    fn note_seen(&mut self, span: &std::ops::Range<usize>, saw: impl FnOnce() -> String) {
        self.noted.seen.extend(self.reason(span, saw));
    }

    fn reason(&self, span: &std::ops::Range<usize>, saw: impl FnOnce() -> String) -> Option<Why> {
        if !self.draft.is_tracing {
            return None;
        }
        let place = Place { file: Arc::clone(self.file), span: span.clone() };
        let condition = place.file.text.get(span.clone())?.lines().next().unwrap_or_default().trim().to_owned();
        Some(Why { condition, saw: saw(), at: place.file_line() })
    }

    /// The condition that failed is shown behind the name it is about.
    fn name_subject(&mut self, subject: &Read) {
        if let Some(why) = &mut self.noted.why {
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
        let is_no_date = || date::read(value, &self.draft.clock.calendar) == Ok(None);
        let wanted = match &check.operator.comparator {
            // A text and a list can hold something, and any value be there, be empty or be found.
            Comparator::Value(Relation::Part(At::Anywhere), _)
            | Comparator::Property(Property::Present | Property::Empty, _)
            | Comparator::Length(_)
            | Comparator::Field(..)
            | Comparator::Not(_)
            | Comparator::FoundIn(_) => None,
            Comparator::Value(relation, operand) => {
                let operand = self.evaluate(operand).ok().flatten();
                operand.and_then(|operand| match relation.takes() {
                    Takes::List => element_kind(operand.view()),
                    Takes::Value | Takes::Part => Some(operand.view().kind_name()),
                    // A text may be a number.
                    Takes::Number => value.number().is_none().then_some("a number"),
                })
            }
            Comparator::Pattern(_) => Some("text"),
            Comparator::Range(_) => value.number().is_none().then_some("a number"),
            Comparator::Within(_) => {
                let is_one = matches!(value.shape(), Shape::Text(text) if address(&text).is_some());
                (!is_one).then_some("an address")
            }
            Comparator::Date(..) | Comparator::Property(Property::Over | Property::IsDate, _) => {
                is_no_date().then_some("a date")
            }
            Comparator::Elements(..) | Comparator::Count(..) => Some("a list"),
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
