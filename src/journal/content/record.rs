//! A record: one decision with all it depended on except secrets.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::on_secret::RecordedOnSecret;
use super::outcome::{Fact, Outcome};
use crate::engine::{Delivery, Recorded};
use crate::event::secret::{HIDDEN, SecretNames, UNKNOWN, WITHHELD, WITHHELD_JSON};
use crate::event::{Calendar, Context, DateOrder, DateStyle, Document, Event, Hooks, Value, WorkingDays, is_blank};
use crate::journal::line::{Clear, VERSION};

/// What stands in the place of a text that was erased.
pub const ERASED: &str = "(erased)";
/// Deepest nesting of what is read again; bodies are nested at most 128 levels.
const DEPTH_LIMIT: usize = 512;

/// One decision.
#[derive(Debug, Serialize, Deserialize)]
pub struct Record {
    #[serde(default)]
    pub v: u32,
    /// The id of the request, which the caller has in `x-request-id`.
    #[serde(default)]
    pub id: String,
    /// The event's clock (RFC 3339), and the zone of its dates.
    #[serde(default)]
    pub time: String,
    pub zone: String,
    /// How dates are written, where gateway.yaml says otherwise than by default: `dates.order`, `dates.two_digit_years`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_order: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub two_digit_years: Option<i16>,
    /// Which days are no working days, where gateway.yaml says otherwise than by default: `dates.weekend`, `dates.holidays`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weekend: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holidays: Vec<String>,
    /// The trace that the call belonged to, 32 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
    #[serde(default)]
    pub hook: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    #[serde(default)]
    pub status: u16,
    /// From the event's arrival to its decision, in milliseconds.
    #[serde(default)]
    pub ms: f64,
    /// hookgate's version.
    pub program: String,
    /// The first letters of the hash of the rules that decided.
    #[serde(default)]
    pub rules: String,
    pub decision: RecordedOutcome,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<RecordedFact>,
    /// Settings of gateway.yaml that rules read, with their values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, Box<RawValue>>,
    /// What came of looking at secrets, by [what was asked](super::on_secret::name_of).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub on_secrets: BTreeMap<String, RecordedOnSecret>,
    /// The body as it came, with marks in the places of its secrets.
    pub body: Box<RawValue>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Box<RawValue>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<Box<RawValue>>,
    /// Whether somebody was erased in it, so that it may be decided otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub erased: bool,
}

/// What was decided.
#[derive(Debug, Serialize, Deserialize)]
pub struct RecordedOutcome {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub word: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    /// Every refusal in its order, the first that is answered included, where the hook collects them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusals: Option<Vec<RecordedRefusal>>,
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

/// A rule that refused, and by which code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedRefusal {
    pub code: String,
    pub rule: String,
}

/// What was sent.
#[derive(Debug, Serialize, Deserialize)]
pub struct RecordedDelivery {
    pub to: String,
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
    /// The record of a line: what the line shows in clear, and the text that was sealed.
    ///
    /// # Errors
    /// When the text is none.
    pub fn read(text: &str, clear: &Clear<'_>) -> Result<Self, serde_json::Error> {
        let mut record: Self = serde_json::from_str(text)?;
        let own = |text: &Option<Cow<'_, str>>| text.as_deref().map(str::to_owned);
        record.v = clear.v;
        record.id = clear.id.to_string();
        record.time = clear.time.to_string();
        record.trace = own(&clear.trace);
        record.hook = clear.hook.to_string();
        record.app = own(&clear.app);
        record.status = clear.status;
        record.ms = clear.ms;
        record.rules = clear.rules.to_string();
        record.decision.word = clear.outcome.to_string();
        record.decision.code = own(&clear.code);
        record.decision.rule = own(&clear.rule);
        Ok(record)
    }

    /// Whether it has tokens in place of values, so that it can be shown and not be decided again.
    #[must_use]
    pub fn is_of_old_form(&self) -> bool {
        self.v < VERSION
    }

    /// The user of the request.
    #[must_use]
    pub fn user(&self) -> Option<Json> {
        let mut body: Json = serde_json::from_str(self.body.get()).ok()?;
        let at = if body.get("request").is_some() { "/request/user" } else { "/user" };
        body.pointer_mut(at).map(Json::take)
    }

    /// The names by which the user of the request goes, as they came: id, login, employeeId and email, those that are there.
    #[must_use]
    pub fn names(&self) -> Vec<(&'static str, String)> {
        let user = self.user();
        let named = |key: &'static str| Some((key, text(user.as_ref()?.get(key)?)?));
        ["id", "login", "employeeId", "email"].into_iter().filter_map(named).collect()
    }

    /// The event again, for the hook at `place`, its secrets not there.
    ///
    /// # Errors
    /// Says why it is none, in words.
    pub fn event(&self, hooks: &Hooks, place: usize) -> Result<Event, String> {
        let optional = |json: &Option<Box<RawValue>>| json.as_ref().map_or(Ok(Value::Null), |json| value(json));
        let context = Context {
            id: self.id.clone(),
            now: self.time.parse().map_err(|_| format!("`{}` is not a time", self.time))?,
            calendar: self.calendar()?,
            app: self.app.clone(),
            token: optional(&self.token)?,
            caller: optional(&self.caller)?,
            bearer: None,
            trace: None,
        };
        let event = Event::read_withheld(hooks, place, self.body.get(), DEPTH_LIMIT, context);
        event.map_err(|why| format!("the recorded body is not an event: {why}"))
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
        let style = DateStyle { order, two_digit_years: self.two_digit_years };
        Ok(Calendar { zone, style, working: self.working()? })
    }

    /// The days that were working days.
    fn working(&self) -> Result<WorkingDays, String> {
        let (standard, mut weekend) = (WorkingDays::standard().weekend(), Vec::new());
        let recorded = self.weekend.as_ref().map(|words| words.iter().map(String::as_str).collect());
        for word in recorded.unwrap_or(standard) {
            let known = WorkingDays::WEEK.iter().find(|(known, _)| *known == word);
            weekend.push(known.ok_or_else(|| format!("there is no day of the week `{word}`"))?.1);
        }
        let holidays = self.holidays.iter().map(|day| day.parse().map_err(|_| format!("`{day}` is not a day")));
        let holidays = holidays.collect::<Result<Vec<_>, _>>()?;
        WorkingDays::new(&weekend, &holidays).ok_or_else(|| "no day of the week is a working day".to_owned())
    }
}

impl RecordedOutcome {
    /// What is recorded of what an event came to.
    #[must_use]
    pub fn of(outcome: &Outcome) -> Self {
        let user = outcome.user.as_ref().map(|user| raw(user.view().withheld()));
        Self { user, ..Self::without_user(outcome) }
    }

    /// The same without the user as the rules left them.
    pub(super) fn without_user(outcome: &Outcome) -> Self {
        let mapped = |value: &Value<'_>| match value.view().holds_secret() {
            true => WITHHELD.to_owned(),
            false => value.view().as_text().into_owned(),
        };
        Self {
            word: outcome.word.to_owned(),
            code: outcome.code.clone(),
            attribute: outcome.attribute.clone(),
            refusals: outcome.refusals.as_ref().map(|all| all.iter().map(RecordedRefusal::of).collect()),
            mapped: outcome.mapped.as_ref().map(mapped),
            rule: outcome.rule.as_ref().map(|(name, _)| name.clone()),
            at: outcome.rule.as_ref().map(|(_, place)| place.file_line()),
            failure: outcome.failure.as_ref().map(|(message, _)| message.clone()),
            failed_at: outcome.failure.as_ref().map(|(_, place)| place.file_line()),
            audits: outcome.audits.clone(),
            skipped: outcome.skipped.clone(),
            user: None,
            deliveries: outcome.deliveries.iter().map(RecordedDelivery::of).collect(),
        }
    }
}

impl RecordedRefusal {
    fn of((code, rule): &(String, String)) -> Self {
        Self { code: code.clone(), rule: rule.clone() }
    }
}

impl RecordedDelivery {
    fn of(delivery: &Delivery) -> Self {
        let body = if delivery.is_secret { WITHHELD_JSON.to_owned() } else { delivery.body.clone() };
        Self { to: delivery.to.clone(), key: delivery.key.clone(), rule: delivery.rule.clone(), body: raw(body) }
    }
}

impl RecordedFact {
    pub(super) fn of(fact: &Fact) -> Self {
        let (rows, count, degraded, failed) = match &fact.answer {
            Recorded::Rows { rows, count, degraded } => (rows.as_slice(), *count, degraded.clone(), None),
            Recorded::Failed(why) => (&[][..], 0, None, Some(why.clone())),
        };
        let rows: Vec<Cow<'_, str>> = rows.iter().map(|row| row.view().withheld()).collect();
        Self {
            lookup: fact.lookup.clone(),
            remote: fact.is_remote,
            key: raw(fact.key.view().withheld()),
            rows: raw(format!("[{}]", rows.join(","))),
            count,
            degraded,
            failed,
        }
    }
}

/// A recorded value; the marks in the places of secrets are secrets.
///
/// # Errors
/// When it is none.
pub fn value(json: &RawValue) -> Result<Value<'static>, String> {
    let document = Document::read_withheld(json.get(), DEPTH_LIMIT, SecretNames::standard())
        .map_err(|why| format!("it cannot be read: {why}"))?;
    Ok(Value::Source(document.root()).into_static())
}

/// What a field says of a person: a text or a number, unless it is blank, a secret, or erased.
pub fn text(value: &Json) -> Option<String> {
    let text = match value {
        Json::String(text) => text.clone(),
        Json::Number(number) => number.to_string(),
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => return None,
    };
    let says_nothing = is_blank(&text) || text == "null" || [WITHHELD, UNKNOWN, HIDDEN, ERASED].contains(&&*text);
    (!says_nothing).then_some(text)
}

pub(super) fn raw<'j>(json: impl Into<Cow<'j, str>>) -> Box<RawValue> {
    RawValue::from_string(json.into().into_owned()).unwrap_or_else(|_| RawValue::NULL.to_owned())
}
