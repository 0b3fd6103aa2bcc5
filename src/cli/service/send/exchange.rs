//! Prints the answer of a call for people or programs.

use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::outside::PlatformAnswer;
use crate::report::connect::meaning;

/// A call and its answer, secrets hidden.
pub struct Exchange {
    pub hook: String,
    pub address: String,
    pub has_token: bool,
    /// Whether the gateway may have given the answer.
    pub is_ours: bool,
    pub answer: PlatformAnswer,
    /// What is worth knowing beside it.
    pub note: Option<&'static str>,
}

impl Exchange {
    fn meaning(&self) -> &'static str {
        if self.answer.status == 200 && !self.is_ours {
            return "another program answered: the answer has no request id, or is not JSON. See what listens at this address, and \
                    what stands between here and the gateway";
        }
        let body: Value = serde_json::from_str(&self.answer.body).unwrap_or_default();
        meaning(self.answer.status, body.get("code").and_then(Value::as_str), self.has_token)
    }

    pub fn to_text(&self) -> String {
        let PlatformAnswer { status, request_id, body, took } = &self.answer;
        let id = request_id.as_ref().map_or(String::new(), |id| format!(" · request id {id}"));
        let body = if body.is_empty() { "(empty)" } else { body };
        let note = self.note.map_or(String::new(), |note| format!("\nnote: {note}\n"));
        format!(
            "{hook} · POST {address}\nstatus {status} in {took} ms{id}\n{meaning}\n\nanswer\n  {body}\n{note}",
            hook = self.hook,
            address = self.address,
            took = took.as_millis(),
            meaning = self.meaning(),
        )
    }

    pub fn to_json(&self) -> String {
        let PlatformAnswer { status, request_id, body, took } = &self.answer;
        // The answer as it is: read and written again, a long number would lose its last digits.
        let body = body.replace(['\n', '\r'], "");
        let answer = match serde_json::from_str::<&RawValue>(&body) {
            Ok(answer) => answer.get().to_owned(),
            Err(_) => Value::from(body).to_string(),
        };
        let told = json!({
            "hook": self.hook,
            "address": self.address,
            "status": status,
            "millis": u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            "request_id": request_id,
            "meaning": self.meaning(),
        });
        let told = told.to_string();
        format!("{{\"answer\":{answer},{rest}\n", rest = told.strip_prefix('{').unwrap_or_default())
    }
}
