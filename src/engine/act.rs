//! Evaluates the actions of a rule that holds to verbs, one after the other, and has each verb performed.

use std::borrow::Cow;

use crate::event::{Path, Shape, Value};
use crate::rule::{Action, Deliver, Expression, Outcome, ScriptUse, Taken, Target, Verb, is_refusal_code};

use super::decision::Verdict;
use super::interrupted::{Evaluation, Interrupted, Together};
use super::rule_run::RuleRun;

/// What follows from a verb.
#[derive(Debug)]
pub(super) enum Flow {
    Continue,
    /// The event is decided.
    Decided(Verdict),
    /// No later rule looks at this event.
    Stop,
}

impl<'e> RuleRun<'_, 'e> {
    /// Does one thing after the other until one decides; `stop` keeps later rules from the event, not later verbs.
    pub fn act_on(&mut self, actions: &'e [Action]) -> Evaluation<Flow> {
        let mut flow = Flow::Continue;
        let mut together = Together::default();
        for (place, action) in actions.iter().enumerate() {
            self.unreadable = None;
            let done = match self.act(action) {
                // A script that comes first and calls no verb has done nothing.
                Err(interrupted @ Interrupted::Unreadable(_)) if place == 0 && matches!(action, Action::Script(_)) => {
                    return Err(interrupted);
                }
                done => done.map_err(Interrupted::failed),
            };
            match together.take(done)? {
                None | Some(Flow::Continue) => {}
                Some(Flow::Stop) => flow = Flow::Stop,
                Some(decided) => return together.end(decided),
            }
        }
        together.end(flow)
    }

    /// What a rule sends beside a table whose row has decided: a rule that refuses still tells.
    pub fn deliver_all(&mut self, actions: &'e [Action]) -> Evaluation<()> {
        let mut together = Together::default();
        for action in actions.iter().filter(|action| matches!(action, Action::Deliver(_))) {
            let sent = self.act(action);
            together.take(sent)?;
        }
        together.end(())
    }

    /// Evaluates an action, and performs the verb that it comes to. One that has nothing to do comes to none.
    fn act(&mut self, action: &'e Action) -> Evaluation<Flow> {
        let verb = match action {
            Action::Reject { code, attribute } => {
                Some(Verb::Reject { code: code.clone(), attribute: attribute.clone() })
            }
            Action::Set(target, how) => {
                let value = self.required(how)?;
                let path = self.meant(target)?;
                self.set(target, path, value)?
            }
            Action::Default(target, how) => self.default(target, how)?,
            Action::Remove(target) => self.meant(target)?.map(|path| Verb::Remove { path }),
            Action::Add(target, value) => self.add(target, value)?,
            Action::Take(target, taken) => self.take(target, taken)?,
            Action::MappedValue(value) => Some(Verb::MappedValue(self.required(value)?)),
            Action::Deprovision(value) => Some(Verb::Deprovision(self.deprovisions(value)?)),
            Action::Deliver(deliver) => Some(self.deliver(deliver)?),
            Action::Script(Expression::Script(script)) => return self.act_by(script, action),
            // A block that came down to a plain value calls no verb.
            Action::Script(value) => {
                self.evaluate(value)?;
                None
            }
            Action::Stop => Some(Verb::Stop),
        };
        verb.map_or(Ok(Flow::Continue), |verb| self.perform(verb, action.value()))
    }

    /// Performs what a script asks for, in its order, until something decides.
    fn act_by(&mut self, script: &'e ScriptUse, action: &'e Action) -> Evaluation<Flow> {
        let Outcome { verbs, .. } = self.run(script)?;
        if let Some(failure) = self.unreadable.take().filter(|_| verbs.is_empty()) {
            return Err(Interrupted::Unreadable(failure));
        }
        for verb in verbs {
            let verb = self.called_verb(verb)?;
            match self.perform(verb, action.value())? {
                Flow::Continue => {}
                ended @ (Flow::Decided(_) | Flow::Stop) => return Ok(ended),
            }
        }
        Ok(Flow::Continue)
    }

    /// A verb that a script called, checked and escaped as those of YAML are when they are read.
    fn called_verb(&self, verb: Verb<'static>) -> Evaluation<Verb<'static>> {
        match verb {
            Verb::Reject { code, .. } if !is_refusal_code(&code) => {
                let mut failure = self.failure("the script refuses with what is not a refusal code");
                failure.help = Some("a code is one word of letters and digits, such as `ManagerNotActive`".to_owned());
                failure.refuses = true;
                Err(failure.into())
            }
            Verb::Deliver { to, body, key } => Ok(Verb::Deliver { body: self.marked(&to, body)?, to, key }),
            verb => Ok(verb),
        }
    }

    /// Gives the path of a target a value. Where the element that is meant is not there, a new one has it.
    fn set(
        &mut self,
        target: &'e Target,
        path: Option<Cow<'e, Path>>,
        value: Value<'e>,
    ) -> Evaluation<Option<Verb<'e>>> {
        match (path, &target.element) {
            (Some(path), _) => Ok(Some(Verb::Set { path, value })),
            (None, Some(element)) => self.new_element(target, element, value).map(Some),
            (None, None) => Ok(None),
        }
    }

    fn default(&mut self, target: &'e Target, how: &'e Expression) -> Evaluation<Option<Verb<'e>>> {
        let path = self.meant(target)?;
        let there = match &path {
            Some(path) => self.stands_at(target, path)?,
            None => None,
        };
        if self.is_filled(there.as_ref())? {
            return Ok(None);
        }
        let value = self.required(how)?;
        self.set(target, path, value)
    }

    fn add(&mut self, target: &'e Target, value: &'e Expression) -> Evaluation<Option<Verb<'e>>> {
        let value = self.required(value)?;
        match (self.meant(target)?, &target.element) {
            (Some(path), _) => Ok(Some(Verb::Add { path, value })),
            (None, Some(element)) => {
                let is_list = matches!(value.view().shape(), Shape::List(_));
                let list = if is_list { value } else { Value::List(vec![value]) };
                self.new_element(target, element, list).map(Some)
            }
            (None, None) => Ok(None),
        }
    }

    fn take(&mut self, target: &'e Target, taken: &'e Taken) -> Evaluation<Option<Verb<'e>>> {
        let Some(path) = self.meant(target)? else { return Ok(None) };
        match taken {
            Taken::Equal(value) => {
                let value = self.required(value)?;
                Ok(Some(Verb::Take { path, value }))
            }
            Taken::Holding(checks) => self.elements_holding(target, path, checks),
        }
    }

    fn deprovisions(&mut self, value: &'e Expression) -> Evaluation<bool> {
        let value = self.required(value)?;
        match value.view().shape() {
            Shape::Bool(decided) => Ok(decided),
            _ => Err(self.fail(format!("`deprovision` is true or false, not {}", value.view().kind_name()))),
        }
    }

    fn deliver(&mut self, deliver: &'e Deliver) -> Evaluation<Verb<'e>> {
        let body = self.required(&deliver.body)?;
        let key = deliver.key.as_ref().map(|key| self.required(key)).transpose()?;
        Ok(Verb::Deliver { to: deliver.to.clone(), body, key })
    }
}
