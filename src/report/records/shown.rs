//! A decision in a list, for people and for programs.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value as Json, json};

use crate::diagnostic::escaped;
use crate::journal::{Clear, Found, Record, holder_of, name_of_person};

/// One decision of a list, or a line that cannot be read.
#[derive(Debug)]
pub enum Shown {
    Decision { clear: Box<Clear<'static>>, person: Option<String>, holder: Option<String>, sealed: Option<String> },
    Unread { at: String, why: String },
}

impl Shown {
    /// What is shown of a line; `with_facts` tells whether rows that were found are.
    #[must_use]
    pub fn of(found: Found, with_facts: bool) -> Self {
        match found {
            Found::Unread { at, why } => Self::Unread { at, why },
            Found::Old(record) => Self::Unread { at: record.id, why: "it is of the old form".to_owned() },
            Found::Line { clear, record: Ok(record), .. } => {
                let holder = holder(&record).filter(|_| with_facts);
                Self::Decision { clear, person: name_of_person(&record), holder, sealed: None }
            }
            Found::Line { clear, record: Err(why), .. } => {
                Self::Decision { clear, person: None, holder: None, sealed: Some(why) }
            }
        }
    }

    /// The same for those who may not see people: what the line shows in clear.
    #[must_use]
    pub fn clear(found: Found) -> Self {
        match found {
            Found::Line { clear, .. } => Self::Decision { clear, person: None, holder: None, sealed: None },
            other => Self::of(other, false),
        }
    }

    /// A line for people: when, what, who, what came of it, by which rule, how long it took, and its id.
    #[must_use]
    pub fn to_line(&self, zone: &TimeZone) -> String {
        match self {
            Self::Unread { at, why } => format!("cannot be read: {}  {why}", escaped(at)),
            Self::Decision { clear, person, holder, .. } => {
                let time = time(&clear.time, zone);
                let who = person.as_deref().map_or("-".into(), escaped);
                let app = clear.app.as_deref().map(|app| format!(" ({})", escaped(app))).unwrap_or_default();
                let codes: Vec<_> = clear.code.iter().chain(&clear.also).map(|code| escaped(code)).collect();
                let code = if codes.is_empty() { String::new() } else { format!(" {}", codes.join(", ")) };
                let holder = holder.as_deref().map(|name| format!(", held by {}", escaped(name))).unwrap_or_default();
                let rule = clear.rule.as_deref().map_or("no rule".into(), escaped);
                let instance = clear.instance.as_deref().map(|name| format!("  {}", escaped(name))).unwrap_or_default();
                format!(
                    "{time}  {}{app}  {who}  {}{code}{holder}  by {rule}  {:.1} ms  {}{instance}",
                    escaped(&clear.hook),
                    clear.outcome,
                    clear.ms,
                    escaped(&clear.id)
                )
            }
        }
    }

    /// An object for programs.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match self {
            Self::Unread { at, why } => json!({ "unread": { "at": at, "why": why } }),
            Self::Decision { clear, person, holder, sealed } => {
                let mut shown = serde_json::to_value(clear).unwrap_or_default();
                if let Json::Object(fields) = &mut shown {
                    // By these a line is found and proven: nobody reads them.
                    ["v", "person", "key", "n", "after"].iter().for_each(|key| drop(fields.shift_remove(*key)));
                    let texts = [("person", person), ("holder", holder), ("not_opened", sealed)];
                    let texts = texts.into_iter().filter_map(|(key, text)| Some((key, text.as_ref()?)));
                    texts.for_each(|(key, text)| drop(fields.insert(key.to_owned(), Json::from(text.as_str()))));
                }
                shown
            }
        }
    }
}

/// Who has what was refused because it is taken: the person of the first row that was found.
fn holder(record: &Record) -> Option<String> {
    record.decision.code.as_ref()?;
    holder_of(record)
}

/// A time in the zone of gateway.yaml, to the second.
#[must_use]
pub fn time(text: &str, zone: &TimeZone) -> String {
    let time = text.parse::<Timestamp>().map(|time| time.to_zoned(zone.clone()));
    time.map_or_else(|_| escaped(text).into_owned(), |time| time.strftime("%Y-%m-%d %H:%M:%S").to_string())
}
