//! Evaluates a delivery of a rule: its body and key, its size, and whether it has a secret.

use super::delivery::Delivery;
use super::draft::Draft;
use super::halt::{Evaluation, Together};
use crate::event::Value;
use crate::rule::{Action, Deliver};

/// Longest body of one delivery, in bytes.
const DELIVERY_LIMIT_BYTES: usize = 1 << 20;
/// Most deliveries of one event.
const DELIVERIES_LIMIT: usize = 100;

impl<'e> Draft<'e> {
    /// Notes something to send; in audit mode only says so.
    pub(super) fn deliver(&mut self, deliver: &'e Deliver) -> Evaluation<()> {
        let body = self.required(&deliver.body)?;
        let key = deliver.key.as_ref().map(|key| self.required(key)).transpose()?;
        self.send(&deliver.to, body, key)
    }

    /// What a rule sends beside a table whose row has decided: a rule that refuses still tells.
    pub(super) fn deliver_all(&mut self, actions: &'e [Action]) -> Evaluation<()> {
        let mut together = Together::default();
        for action in actions {
            if let Action::Deliver(deliver) = action {
                let sent = self.deliver(deliver);
                together.take(sent)?;
            }
        }
        together.end(())
    }

    /// What a script sends to a destination with markup: nothing tells which words are a person's, so that all are escaped.
    pub(super) fn marked(&self, to: &str, body: Value<'static>) -> Evaluation<Value<'static>> {
        let Some(markup) = self.set.destinations.get(to).and_then(|accepts| accepts.markup) else { return Ok(body) };
        markup.function().call(&[body], &self.clock).map_err(|why| self.fail(why))
    }

    /// The same with values at hand.
    pub(super) fn send(&mut self, to: &str, body: Value<'_>, key: Option<Value<'_>>) -> Evaluation<()> {
        let Some(accepts) = self.set.destinations.get(to) else {
            return Err(self.fail(format!("gateway.yaml has no destination `{to}`")));
        };
        let json = body.written();
        self.make(|| json.len())?;
        if json.len() > DELIVERY_LIMIT_BYTES {
            return Err(self.fail(format!("what is sent to `{to}` is larger than {} MiB", DELIVERY_LIMIT_BYTES >> 20)));
        }
        if self.deliveries.len() >= DELIVERIES_LIMIT {
            return Err(self.fail(format!("an event sends at most {DELIVERIES_LIMIT} deliveries")));
        }
        let body = self.set.hooks.secrets.hide(body);
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
            None => self.event.person().unwrap_or_default().into_owned(),
        };
        let rule = self.rule.map_or_else(String::new, |rule| rule.name.clone());
        self.deliveries.push(Delivery { to: to.to_owned(), key, body: json, is_secret, rule });
        Ok(())
    }
}
