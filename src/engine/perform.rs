//! Performs verbs on the user and on the answer; of a rule in audit mode it only says what they would do.

use crate::event::{Path, Shape, Value};
use crate::rule::{Expression, Verb};

use super::act::Flow;
use super::decision::{Delivery, Verdict};
use super::draft::Change;
use super::evaluate::weight;
use super::interrupted::Evaluation;
use super::rule_run::RuleRun;

/// Longest body of one delivery, in bytes.
const DELIVERY_LIMIT_BYTES: usize = 1 << 20;
/// Most deliveries of one event.
const DELIVERIES_LIMIT: usize = 100;

impl<'e> RuleRun<'_, 'e> {
    /// Does what a verb says. `how` is what its value comes from.
    pub(super) fn perform(&mut self, verb: Verb<'e>, how: Option<&Expression>) -> Evaluation<Flow> {
        match verb {
            Verb::Reject { code, attribute } => {
                self.say(|| format!("reject {code}"));
                return Ok(Flow::Decided(Verdict::Rejected { code, attribute }));
            }
            Verb::Set { path, value } => self.put(&path, value, how)?,
            Verb::Default { path, value } => {
                let there = self.draft.value_at(&path);
                if !self.is_filled(there.as_ref())? {
                    self.put(&path, value, how)?;
                }
            }
            Verb::Remove { path } => self.remove(&path)?,
            Verb::Add { path, value } => self.add_to(&path, value)?,
            Verb::Append { path, element } => self.append(&path, element)?,
            Verb::Take { path, value } => self.take_equal(&path, &value)?,
            Verb::TakeElements { path, taken, kept } => self.take_out(&path, &taken, kept)?,
            Verb::MappedValue(value) => return self.map(value),
            Verb::Deprovision(decided) => {
                self.say(|| format!("deprovision {decided}"));
                return Ok(Flow::Decided(Verdict::Deprovision(decided)));
            }
            Verb::Deliver { to, body, key } => self.send(to, body, key)?,
            Verb::Stop => {
                self.say(|| "stop".to_owned());
                return Ok(Flow::Stop);
            }
        }
        Ok(Flow::Continue)
    }

    pub(super) fn say(&mut self, what: impl FnOnce() -> String) {
        if self.draft.is_tracing || self.is_audit {
            self.noted.did.push(what());
        }
    }

    fn map(&mut self, value: Value<'_>) -> Evaluation<Flow> {
        let value = match self.draft.event.maps_a_password() {
            true => value.into_secret(),
            false => self.plain(value, "`mappedValue`")?.into_static(),
        };
        self.say(|| format!("mappedValue {}", value.view().shown()));
        Ok(Flow::Decided(Verdict::Mapped(value)))
    }

    /// Whether there is something, and not blank.
    pub(super) fn is_filled(&self, there: Option<&Value<'_>>) -> Evaluation<bool> {
        there.map_or(Ok(false), |there| self.is_empty(there.view()).map(|is_empty| !is_empty))
    }

    fn put(&mut self, path: &Path, value: Value<'e>, how: Option<&Expression>) -> Evaluation<()> {
        if self.is_put_in_vain(path, &value, how)? {
            return Ok(());
        }
        let value = self.kept(path, value)?;
        self.make(|| weight(value.view()))?;
        self.say(|| format!("set {path} = {}", value.view().shown()));
        self.change(path, Change::Set(value))
    }

    fn remove(&mut self, path: &Path) -> Evaluation<()> {
        if self.draft.raw_at(path).is_none() {
            return Ok(());
        }
        self.say(|| format!("remove {path}"));
        self.change(path, Change::Remove)
    }

    fn add_to(&mut self, path: &Path, value: Value<'e>) -> Evaluation<()> {
        let current = self.known_at(path)?;
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
        self.change(path, Change::Set(Value::List(items)))
    }
    /// What a script sends to a destination with markup: nothing tells which words are a person's, so that all are escaped.
    pub(super) fn marked(&self, to: &str, body: Value<'static>) -> Evaluation<Value<'static>> {
        let Some(markup) = self.draft.set.destinations.get(to).and_then(|accepts| accepts.markup) else {
            return Ok(body);
        };
        markup.function().call(&[body], &self.draft.clock).map_err(|why| self.fail(why))
    }

    /// Notes something to send; in audit mode only says so.
    pub(super) fn send(&mut self, to: String, body: Value<'_>, key: Option<Value<'_>>) -> Evaluation<()> {
        let Some(accepts) = self.draft.set.destinations.get(&to) else {
            return Err(self.fail(format!("gateway.yaml has no destination `{to}`")));
        };
        let json = body.written();
        self.make(|| json.len())?;
        if json.len() > DELIVERY_LIMIT_BYTES {
            return Err(self.fail(format!("what is sent to `{to}` is larger than {} MiB", DELIVERY_LIMIT_BYTES >> 20)));
        }
        if self.draft.sent() >= DELIVERIES_LIMIT {
            return Err(self.fail(format!("an event sends at most {DELIVERIES_LIMIT} deliveries")));
        }
        let body = self.draft.set.hooks.secrets.hide(body);
        let is_secret = body.view().holds_secret();
        if is_secret && !accepts.secrets {
            return Err(self.fail(format!("what would be sent to `{to}` holds a secret, which it does not take")));
        }
        if is_secret && !accepts.keeps_secrets {
            let message = format!(
                "what would be sent to `{to}` holds a secret that could not wait: gateway.yaml has neither \
                 `outbox.encryption_key` nor `outbox.memory_for_secrets: true`"
            );
            return Err(self.fail(message));
        }
        self.say(|| format!("deliver {} to {to}", body.to_json()));
        if self.is_audit {
            return Ok(());
        }
        let key = match key {
            Some(key) => self.plain(key, "the key of a delivery")?.view().as_text().into_owned(),
            None => self.draft.event.person().unwrap_or_default().into_owned(),
        };
        let rule = self.rule.name.clone();
        self.draft.send(Delivery { to, key, body: json, is_secret, rule });
        Ok(())
    }
}
