//! A record: one decision with all that it depended on, as one line of JSON.

use std::sync::Arc;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::happening::{Fact, Happening, Outcome};
use super::key::Key;
use super::plain::Plain;
use super::tokenised::{DEPTH_LIMIT, Tokenised};
use crate::diagnostic::escaped_page;
use crate::engine::{Delivery, Noted};
use crate::event::token::{self, Digests};
use crate::event::{
    BadBody, Calendar, Context, DateOrder, DateStyle, Document, Event, Hooks, SecretNames, Value, View,
};

/// The version of what is written. A reader knows this one and those before.
pub const VERSION: u32 = 1;

/// One decision.
#[derive(Debug, Serialize, Deserialize)]
pub struct Record {
    pub v: u32,
    /// The id of the request, which the caller has in `x-request-id`.
    pub id: String,
    /// The event's clock (RFC 3339), and the zone of its dates.
    pub time: String,
    pub zone: String,
    /// How dates are written, where gateway.yaml says otherwise than by default: `dates.order`, `dates.two_digit_years`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_order: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub two_digit_years: Option<i16>,
    pub hook: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    pub status: u16,
    pub micros: u64,
    /// hookgate's version.
    pub program: String,
    /// Hash of the rules in force.
    pub rules: String,
    /// Which key the tokens are made with.
    pub key: String,
    pub decision: RecordedOutcome,
    pub facts: Vec<RecordedFact>,
    pub body: Box<RawValue>,
    pub token: Box<RawValue>,
    pub caller: Box<RawValue>,
    /// Whether somebody was erased in it, so that it may be decided otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub erased: bool,
}

/// What was decided.
#[derive(Debug, Serialize, Deserialize)]
pub struct RecordedOutcome {
    pub word: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    /// A token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapped: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// `file:line` of the rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// `file:line` of what failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_at: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub audits: Vec<String>,
    /// Rules that were skipped: because of a date that could not be read, or where they failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<String>,
    /// The user as the rules left them, where they changed them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<Box<RawValue>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deliveries: Vec<RecordedDelivery>,
}

/// What was sent.
#[derive(Debug, Serialize, Deserialize)]
pub struct RecordedDelivery {
    pub to: String,
    /// A token.
    pub key: String,
    pub rule: String,
    pub body: Box<RawValue>,
}

/// What a lookup was asked, and what it answered.
#[derive(Debug, Serialize, Deserialize)]
pub struct RecordedFact {
    pub lookup: String,
    /// Whether it was asked over a connection.
    pub remote: bool,
    pub key: Box<RawValue>,
    /// At most 100 of them.
    pub rows: Box<RawValue>,
    /// How many there were.
    pub count: usize,
    /// Why the rows stand in for a source that could not be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub degraded: Option<String>,
    /// Why there was no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

impl Record {
    /// What is recorded of a decision.
    #[must_use]
    pub fn of(happening: &Happening, key: &Key, plain: &Plain) -> Self {
        let Happening { event, outcome, .. } = happening;
        let tokenised = Tokenised::new(key, event);
        let context = &event.context;
        let style = context.calendar.style;
        Self {
            v: VERSION,
            id: context.id.clone(),
            time: context.now.to_string(),
            zone: context.calendar.zone.iana_name().unwrap_or("UTC").to_owned(),
            date_order: (style.order != DateOrder::default()).then(|| style.order.word().to_owned()),
            two_digit_years: style.two_digit_years,
            hook: happening.hook.clone(),
            app: context.app.clone(),
            status: happening.status,
            micros: happening.micros,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            rules: happening.rules.clone(),
            key: key.id().to_owned(),
            decision: RecordedOutcome::of(outcome, &tokenised, plain),
            facts: outcome.facts.iter().map(|fact| RecordedFact::of(fact, &tokenised, plain)).collect(),
            body: raw(tokenised.body(View::Node(event.request()), plain.request())),
            token: raw(tokenised.json(context.token.view(), Some(plain.token()))),
            caller: raw(tokenised.json(context.caller.view(), Some(plain.caller()))),
            erased: false,
        }
    }

    /// As one line, its end included. What nobody sees is written as its number, which JSON reads as the same text.
    #[must_use]
    pub fn to_line(&self) -> String {
        let mut line = escaped_page(&serde_json::to_string(self).unwrap_or_default()).into_owned();
        line.push('\n');
        line
    }

    /// The event again, for the hook at `place`.
    ///
    /// # Errors
    /// Says why it is none, in words.
    pub fn event(&self, hooks: &Hooks, place: usize, by: &Arc<dyn Digests>) -> Result<Event, String> {
        let unreadable = |why| format!("the recorded body cannot be read: {}", BadBody::Unreadable(why));
        let body = Document::recorded(self.body.get(), DEPTH_LIMIT, by, &hooks.secrets).map_err(unreadable)?;
        let context = Context {
            id: self.id.clone(),
            now: self.time.parse().map_err(|_| format!("`{}` is no time", self.time))?,
            calendar: self.calendar()?,
            app: self.app.clone(),
            token: value(&self.token, by)?,
            caller: value(&self.caller, by)?,
            bearer: None,
            trace: None,
        };
        Event::recorded(hooks, place, body, context).map_err(|why| format!("the recorded body is no event: {why}"))
    }
}

impl Record {
    /// How the event's dates are meant.
    fn calendar(&self) -> Result<Calendar, String> {
        let zone = TimeZone::get(&self.zone).map_err(|_| format!("there is no time zone `{}`", self.zone))?;
        let order = match &self.date_order {
            None => DateOrder::default(),
            Some(word) => {
                let known = DateOrder::ALL.iter().find(|(known, _)| known == word);
                known.map(|(_, order)| *order).ok_or_else(|| format!("there is no order of dates `{word}`"))?
            }
        };
        Ok(Calendar { zone, style: DateStyle { order, two_digit_years: self.two_digit_years } })
    }
}

impl RecordedOutcome {
    /// What is recorded of what an event came to.
    #[must_use]
    pub fn of(outcome: &Outcome, tokenised: &Tokenised<'_>, plain: &Plain) -> Self {
        let mapped = |value: &Value<'_>| match value.view().holds_secret() {
            true => token::SECRET.to_owned(),
            false => tokenised.text(&value.view().as_text()),
        };
        Self {
            word: outcome.word.to_owned(),
            code: outcome.code.clone(),
            attribute: outcome.attribute.clone(),
            mapped: outcome.mapped.as_ref().map(mapped),
            rule: outcome.rule.as_ref().map(|(name, _)| name.clone()),
            at: outcome.rule.as_ref().map(|(_, place)| place.file_line()),
            failure: outcome.failure.as_ref().map(|(message, _)| message.clone()),
            failed_at: outcome.failure.as_ref().map(|(_, place)| place.file_line()),
            audits: outcome.audits.clone(),
            skipped: outcome.skipped.clone(),
            user: outcome.user.as_ref().map(|user| raw(tokenised.json(user.view(), plain.user()))),
            deliveries: outcome.deliveries.iter().map(|delivery| RecordedDelivery::of(delivery, tokenised)).collect(),
        }
    }
}

impl RecordedDelivery {
    fn of(delivery: &Delivery, tokenised: &Tokenised<'_>) -> Self {
        let body = match delivery.is_secret {
            true => Value::text(token::SECRET).to_json(),
            false => tokenised.again(&delivery.body, None),
        };
        Self {
            to: delivery.to.clone(),
            key: tokenised.text(&delivery.key),
            rule: delivery.rule.clone(),
            body: raw(body),
        }
    }
}

impl RecordedFact {
    fn of(fact: &Fact, tokenised: &Tokenised<'_>, plain: &Plain) -> Self {
        let (rows, count, degraded, failed) = match &fact.answer {
            Noted::Rows { rows, count, degraded } => (rows.as_slice(), *count, degraded.clone(), None),
            Noted::Failed(why) => (&[][..], 0, None, Some(why.clone())),
        };
        let rows: Vec<String> = rows.iter().map(|row| tokenised.json(row.view(), Some(plain.row()))).collect();
        Self {
            lookup: fact.lookup.clone(),
            remote: fact.is_remote,
            key: raw(tokenised.json(fact.key.view(), None)),
            rows: raw(format!("[{}]", rows.join(","))),
            count,
            degraded,
            failed,
        }
    }
}

/// A recorded value, its tokens known as such.
///
/// # Errors
/// When it is none.
pub fn value(json: &RawValue, by: &Arc<dyn Digests>) -> Result<Value<'static>, String> {
    let document = Document::recorded(json.get(), DEPTH_LIMIT, by, SecretNames::standard())
        .map_err(|why| format!("it cannot be read: {why}"))?;
    Ok(Value::Source(document.root()).into_static())
}

fn raw(json: String) -> Box<RawValue> {
    RawValue::from_string(json).unwrap_or_else(|_| RawValue::NULL.to_owned())
}
