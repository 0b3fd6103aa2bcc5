//! Performs the verbs of a rule that holds, on the user and on the answer.

use crate::event::{Path, Shape, Value};
use crate::rule::{Action, Expression, Outcome, Taken, Target, Verb, is_refusal_code};

use super::decision::Verdict;
use super::draft::{Change, Draft};
use super::evaluate::weight;
use super::halt::{Evaluation, Halt, Together};

/// What follows from a verb.
#[derive(Debug)]
pub(super) enum Flow {
    Continue,
    /// The event is decided.
    Decided(Verdict),
    /// No later rule looks at this event.
    Stop,
}

impl<'e> Draft<'e> {
    /// Does one thing after the other until one decides; `stop` keeps later rules from the event, not later verbs.
    pub fn act_on(&mut self, actions: &'e [Action]) -> Evaluation<Flow> {
        let mut flow = Flow::Continue;
        let mut together = Together::default();
        for (place, action) in actions.iter().enumerate() {
            self.unreadable = None;
            let done = match self.act(action) {
                // A script that comes first and calls no verb has done nothing.
                Err(halt @ Halt::Unreadable(_)) if place == 0 && matches!(action, Action::Script(_)) => {
                    return Err(halt);
                }
                done => done.map_err(Halt::failed),
            };
            match together.take(done)? {
                None | Some(Flow::Continue) => {}
                Some(Flow::Stop) => flow = Flow::Stop,
                Some(decided) => return together.end(decided),
            }
        }
        together.end(flow)
    }

    /// Does one thing; in audit mode only says what it would be.
    fn act(&mut self, action: &'e Action) -> Evaluation<Flow> {
        match action {
            Action::Reject { code, attribute } => return Ok(self.reject(code.clone(), attribute.clone())),
            Action::Set(target, how) => {
                let value = self.required(how)?;
                self.set(target, value, how)?;
            }
            Action::Default(target, how) => self.default(target, how)?,
            Action::Remove(target) => {
                if let Some(path) = self.meant(target)? {
                    self.remove(&path)?;
                }
            }
            Action::Add(target, value) => self.add_to(target, value)?,
            Action::Take(target, taken) => self.take(target, taken)?,
            Action::MappedValue(value) => {
                let value = self.required(value)?;
                return self.map(value);
            }
            Action::Deprovision(value) => {
                let value = self.required(value)?;
                let Shape::Bool(decided) = value.view().shape() else {
                    return Err(self.fail(format!("`deprovision` is true or false, not {}", value.view().kind_name())));
                };
                return Ok(self.deprovision(decided));
            }
            Action::Deliver(deliver) => self.deliver(deliver)?,
            Action::Script(how @ Expression::Script(script)) => {
                let Outcome { verbs, .. } = self.run(script)?;
                if let Some(failure) = self.unreadable.take().filter(|_| verbs.is_empty()) {
                    return Err(Halt::Unreadable(failure));
                }
                return self.act_all(verbs, how);
            }
            // A block that came down to a plain value calls no verb.
            Action::Script(value) => {
                self.evaluate(value)?;
            }
            Action::Stop => {
                self.say(|| "stop".to_owned());
                return Ok(Flow::Stop);
            }
        }
        Ok(Flow::Continue)
    }

    /// Does what a script asked for, in its order, until something decides.
    fn act_all(&mut self, verbs: Vec<Verb>, how: &Expression) -> Evaluation<Flow> {
        for verb in verbs {
            match verb {
                Verb::Reject { code, .. } if !is_refusal_code(&code) => {
                    let mut failure = self.failure("the script refuses with what is not a refusal code");
                    failure.help =
                        Some("a code is one word of letters and digits, such as `ManagerNotActive`".to_owned());
                    failure.refuses = true;
                    return Err(failure.into());
                }
                Verb::Reject { code, attribute } => return Ok(self.reject(code, attribute)),
                Verb::Set { path, value } => self.put(&path, value, how)?,
                Verb::Default { path, value } => {
                    let there = self.value_at(&path);
                    if !self.is_filled(there.as_ref())? {
                        self.put(&path, value, how)?;
                    }
                }
                Verb::Remove { path } => self.remove(&path)?,
                Verb::Add { path, value } => {
                    let current = self.value_at(&path);
                    self.add(&path, current, value)?;
                }
                Verb::Take { path, value } => {
                    let current = self.value_at(&path);
                    self.take_equal(&path, current, &value)?;
                }
                Verb::MappedValue(value) => return self.map(value),
                Verb::Deprovision(value) => return Ok(self.deprovision(value)),
                Verb::Deliver { to, body, key } => {
                    let body = self.marked(&to, body)?;
                    self.send(&to, body, key)?;
                }
                Verb::Stop => {
                    self.say(|| "stop".to_owned());
                    return Ok(Flow::Stop);
                }
            }
        }
        Ok(Flow::Continue)
    }

    pub(super) fn say(&mut self, what: impl FnOnce() -> String) {
        if self.is_tracing || self.is_audit {
            self.did.push(what());
        }
    }

    fn reject(&mut self, code: String, attribute: Option<String>) -> Flow {
        self.say(|| format!("reject {code}"));
        Flow::Decided(Verdict::Rejected { code, attribute })
    }

    fn map(&mut self, value: Value<'_>) -> Evaluation<Flow> {
        let value = match self.event.maps_a_password() {
            true => value.into_secret(),
            false => self.plain(value, "`mappedValue`")?.into_static(),
        };
        self.say(|| format!("mappedValue {}", value.view().shown()));
        Ok(Flow::Decided(Verdict::Mapped(value)))
    }

    fn deprovision(&mut self, value: bool) -> Flow {
        self.say(|| format!("deprovision {value}"));
        Flow::Decided(Verdict::Deprovision(value))
    }

    /// Whether there is something, and not blank.
    fn is_filled(&self, there: Option<&Value<'_>>) -> Evaluation<bool> {
        there.map_or(Ok(false), |there| self.is_empty(there.view()).map(|is_empty| !is_empty))
    }

    /// Puts a value at a part of the user; `how` is what it comes from.
    pub(super) fn put(&mut self, path: &Path, value: Value<'e>, how: &Expression) -> Evaluation<()> {
        if self.is_put_in_vain(path, &value, how)? {
            return Ok(());
        }
        let value = self.kept(path, value)?;
        self.write(path, value)
    }

    fn write(&mut self, path: &Path, value: Value<'e>) -> Evaluation<()> {
        self.make(|| weight(value.view()))?;
        self.say(|| format!("set {path} = {}", value.view().shown()));
        if self.is_audit { Ok(()) } else { self.change(path, Change::Set(value)) }
    }

    fn remove(&mut self, path: &Path) -> Evaluation<()> {
        if self.raw_at(path).is_none() {
            return Ok(());
        }
        self.say(|| format!("remove {path}"));
        if self.is_audit { Ok(()) } else { self.change(path, Change::Remove) }
    }

    fn default(&mut self, target: &'e Target, how: &'e Expression) -> Evaluation<()> {
        let there = match self.meant(target)? {
            Some(path) => self.stands_at(target, &path)?,
            None => None,
        };
        if self.is_filled(there.as_ref())? {
            return Ok(());
        }
        let value = self.required(how)?;
        self.set(target, value, how)
    }

    fn add_to(&mut self, target: &'e Target, value: &'e Expression) -> Evaluation<()> {
        let value = self.required(value)?;
        match (self.meant(target)?, &target.element) {
            (Some(path), _) => {
                let current = self.stands_at(target, &path)?;
                self.add(&path, current, value)
            }
            (None, Some(element)) => {
                let is_list = matches!(value.view().shape(), Shape::List(_));
                self.append(target, element, if is_list { value } else { Value::List(vec![value]) })
            }
            (None, None) => Ok(()),
        }
    }

    fn take(&mut self, target: &'e Target, taken: &'e Taken) -> Evaluation<()> {
        let Some(path) = self.meant(target)? else { return Ok(()) };
        match taken {
            Taken::Equal(value) => {
                let value = self.required(value)?;
                let current = self.stands_at(target, &path)?;
                self.take_equal(&path, current, &value)
            }
            Taken::Holding(checks) => {
                let current = self.stands_at(target, &path)?;
                self.take_holding(target, &path, current, checks)
            }
        }
    }

    fn add(&mut self, path: &Path, current: Option<Value<'e>>, value: Value<'e>) -> Evaluation<()> {
        let value = self.kept(path, value)?;
        self.make(|| weight(value.view()))?;
        let mut items = match current.as_ref().map(|there| (there.view().shape(), there.view().kind_name())) {
            None => Vec::new(),
            Some((Shape::List(_), _)) => current.map(Value::into_items).unwrap_or_default(),
            Some((_, kind)) => return Err(self.fail(format!("`{path}` is {kind}, so that nothing can be added to it"))),
        };
        let wanted = match value.view().shape() {
            Shape::List(_) => value.into_items(),
            _ => vec![value],
        };
        let before = items.len();
        for value in wanted {
            self.known(value.view(), || path.to_string())?;
            items.iter().try_for_each(|item| self.known(item.view(), || path.to_string()))?;
            if !items.iter().any(|item| item.view().same(value.view())) {
                self.say(|| format!("add {} to {path}", value.view().shown()));
                items.push(value);
            }
        }
        if items.len() == before {
            return Ok(());
        }
        if self.is_audit { Ok(()) } else { self.change(path, Change::Set(Value::List(items))) }
    }
}
