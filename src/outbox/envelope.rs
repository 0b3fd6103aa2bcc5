//! The form in which a body is sent: as it is, in an envelope of CloudEvents, or as a chat message.

use jiff::Timestamp;
use serde_json::json;
use serde_json::value::RawValue;

use super::delivery::StoredDelivery;
use crate::event::is_blank;

/// What a receiver is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The body as the rule made it: JSON, or text.
    Plain,
    /// In an envelope of CloudEvents 1.0 (structured mode).
    CloudEvents,
    /// A message of Slack: a text becomes `{"text": …}`.
    Slack,
    /// A message of Microsoft Teams: a text becomes an adaptive card.
    Teams,
}

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Content {
    /// The media type.
    pub kind: &'static str,
    pub bytes: Vec<u8>,
}

const JSON: &str = "application/json";

/// What a receiver of this format is sent; `body` is JSON.
pub(super) fn content(format: Format, delivery: &StoredDelivery, body: &str) -> Result<Content, String> {
    let json = |bytes: String| Content { kind: JSON, bytes: bytes.into_bytes() };
    let text: Option<String> = serde_json::from_str(body).ok();
    Ok(match (format, text) {
        (Format::Plain, Some(text)) => Content { kind: "text/plain; charset=utf-8", bytes: text.into_bytes() },
        (Format::Slack, Some(text)) => json(json!({ "text": text }).to_string()),
        (Format::Teams, Some(text)) => json(card(&text)),
        (Format::Plain | Format::Slack | Format::Teams, None) => json(body.to_owned()),
        (Format::CloudEvents, _) => {
            let kind = "application/cloudevents+json; charset=utf-8";
            Content { kind, bytes: cloud_event(delivery, body)?.into_bytes() }
        }
    })
}

/// CloudEvents 1.0 in the structured mode (cloudevents.io). The body stays as it is, every digit of it.
fn cloud_event(delivery: &StoredDelivery, body: &str) -> Result<String, String> {
    let time = Timestamp::from_millisecond(delivery.created_ms).map_err(|_| "its time is none".to_owned())?;
    let data = RawValue::from_string(body.to_owned()).map_err(|_| "the body is not JSON".to_owned())?;
    let mut head = json!({
        "specversion": "1.0",
        "id": delivery.key,
        "source": "hookgate",
        "type": format!("hookgate.{}", delivery.hook),
        "time": time.to_string(),
        "datacontenttype": JSON,
    });
    // An attribute that is there is not empty (CloudEvents 1.0, "subject").
    if let Some(attributes) = head.as_object_mut().filter(|_| !is_blank(&delivery.person)) {
        attributes.insert("subject".to_owned(), delivery.person.as_str().into());
    }
    Ok(format!("{},\"data\":{}}}", head.to_string().trim_end_matches('}'), data.get()))
}

/// A message of Microsoft Teams: an adaptive card with one text.
fn card(text: &str) -> String {
    let content = json!({
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [{ "type": "TextBlock", "text": text, "wrap": true }],
    });
    let attachment = json!({ "contentType": "application/vnd.microsoft.card.adaptive", "content": content });
    json!({ "type": "message", "attachments": [attachment] }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::delivery::Body;

    fn delivery() -> StoredDelivery {
        StoredDelivery {
            id: 1,
            key: "k-1-0".to_owned(),
            hook: "postCreateUser".to_owned(),
            person: "asha".to_owned(),
            to: "itsm".to_owned(),
            ordering_key: "asha".to_owned(),
            body: Body { bytes: Vec::new(), is_sealed: false },
            created_ms: 1_700_000_000_000,
            trace: String::new(),
            attempts: 0,
        }
    }

    fn sent(format: Format, body: &str) -> (&'static str, String) {
        let content = content(format, &delivery(), body).unwrap();
        (content.kind, String::from_utf8(content.bytes).unwrap())
    }

    #[test]
    fn a_text_is_sent_as_text_and_anything_else_as_json() {
        assert_eq!(
            sent(Format::Plain, "\"a \\\"joiner\\\"\""),
            ("text/plain; charset=utf-8", "a \"joiner\"".to_owned())
        );
        assert_eq!(sent(Format::Plain, "{\"n\":1.10}"), (JSON, "{\"n\":1.10}".to_owned()));
    }

    #[test]
    fn a_chat_is_sent_a_message() {
        assert_eq!(sent(Format::Slack, "\"hello\"").1, "{\"text\":\"hello\"}");
        assert_eq!(sent(Format::Slack, "{\"blocks\":[]}").1, "{\"blocks\":[]}");
        assert!(sent(Format::Teams, "\"hello\"").1.contains("\"text\":\"hello\""));
    }

    #[test]
    fn an_envelope_says_what_it_holds() {
        let (kind, text) = sent(Format::CloudEvents, "{\"n\":12345678901234567890.10}");
        assert_eq!(kind, "application/cloudevents+json; charset=utf-8");
        assert!(text.ends_with(",\"data\":{\"n\":12345678901234567890.10}}"), "{text}");
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["specversion"], "1.0");
        assert_eq!(read["id"], "k-1-0");
        assert_eq!(read["type"], "hookgate.postCreateUser");
        assert_eq!(read["subject"], "asha");
        assert_eq!(read["time"], "2023-11-14T22:13:20Z");
        for nobody in ["", " ", "\u{200b}"] {
            let delivery = StoredDelivery { person: nobody.to_owned(), ..delivery() };
            let read: serde_json::Value =
                serde_json::from_slice(&content(Format::CloudEvents, &delivery, "1").unwrap().bytes).unwrap();
            assert!(read.get("subject").is_none() && read["id"] == "k-1-0", "{read}");
        }
    }
}
