//! Writes what is sealed of a decision.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;

use super::on_secret::RecordedOnSecret;
use super::outcome::Outcome;
use super::record::{RecordedFact, RecordedOutcome, raw};
use crate::event::{DateOrder, Event};

/// What is sealed of a decision: all that its line does not show in clear, but for what follows. The user as the rules left
/// them, the token, the caller and the body are JSON texts already, and are not read again to be written.
#[derive(Serialize)]
struct Written<'h> {
    zone: &'h str,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_order: Option<&'h str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    two_digit_years: Option<i16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    weekend: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    holidays: &'h [String],
    program: &'h str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    facts: Vec<RecordedFact>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    settings: BTreeMap<&'h str, Box<RawValue>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    on_secrets: BTreeMap<String, RecordedOnSecret>,
}

/// Appends what is sealed of a decision; `None` where it cannot be written as JSON.
pub fn write(event: &Event, outcome: &Outcome, text: &mut Vec<u8>) -> Option<()> {
    let context = &event.context;
    let (style, working) = (context.calendar.style, &context.calendar.working);
    let written = Written {
        zone: context.calendar.zone.iana_name().unwrap_or("UTC"),
        date_order: (style.order != DateOrder::default()).then(|| style.order.word()),
        two_digit_years: style.two_digit_years,
        weekend: (!working.has_standard_weekend()).then(|| working.weekend()),
        holidays: working.holidays(),
        program: env!("CARGO_PKG_VERSION"),
        facts: outcome.facts.iter().map(RecordedFact::of).collect(),
        settings: outcome.settings.iter().map(|(name, value)| (name.as_str(), raw(value.to_json()))).collect(),
        on_secrets: RecordedOnSecret::all(&outcome.on_secrets),
    };
    // The line shows these in clear.
    let decision =
        RecordedOutcome { word: String::new(), code: None, rule: None, ..RecordedOutcome::without_user(outcome) };
    serde_json::to_writer(&mut *text, &written).ok()?;
    text.pop();
    begin(text, "decision");
    serde_json::to_writer(&mut *text, &decision).ok()?;
    if let Some(user) = &outcome.user {
        text.pop();
        begin(text, "user");
        text.extend_from_slice(user.view().withheld().as_bytes());
        text.push(b'}');
    }
    for (name, value) in [("token", &context.token), ("caller", &context.caller)] {
        if !value.view().is_null() {
            begin(text, name);
            text.extend_from_slice(value.view().withheld().as_bytes());
        }
    }
    begin(text, "body");
    text.extend_from_slice(event.body_withheld().as_bytes());
    text.push(b'}');
    Some(())
}

/// Appends the name of a further value of the object that `text` ends in, still open.
fn begin(text: &mut Vec<u8>, name: &str) {
    if text.last() != Some(&b'{') {
        text.push(b',');
    }
    text.push(b'"');
    text.extend_from_slice(name.as_bytes());
    text.extend_from_slice(b"\":");
}
