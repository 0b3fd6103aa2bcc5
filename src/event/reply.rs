//! Writes the answer on the wire: exactly the documented keys and no others.

use super::hook::Accepted;
use super::json::{Secrets, Value, write_string};

/// What the caller is told, before it is written.
#[derive(Clone, Debug)]
pub enum Answer<'a> {
    /// `{"response":{}}`
    Empty,
    /// The user, whole.
    User(&'a Value<'a>),
    /// A validate hook accepts; the shape is a setting.
    Accepted(Accepted, &'a Value<'a>),
    /// Refused with a code.
    Rejected(&'a str),
    /// One mapped value, always answered as text.
    Mapped(&'a Value<'a>),
    /// Whether to take access away.
    Deprovision(bool),
}

impl Answer<'_> {
    /// The body of the HTTP answer, or what people see of it.
    #[must_use]
    pub fn to_json(&self, secrets: Secrets) -> String {
        let mut out = String::with_capacity(512);
        out.push_str("{\"response\":{");
        match self {
            Answer::Empty | Answer::Accepted(Accepted::Empty, _) => {}
            Answer::User(user) | Answer::Accepted(Accepted::Data, user) => {
                out.push_str("\"data\":");
                user.write_json(secrets, &mut out);
            }
            Answer::Accepted(Accepted::ErrorFalse, _) => out.push_str("\"error\":false"),
            Answer::Accepted(Accepted::Echo, user) => {
                out.push_str("\"user\":");
                user.write_json(secrets, &mut out);
            }
            Answer::Rejected(code) => {
                out.push_str("\"error\":true,\"message\":");
                write_string(code, &mut out);
            }
            Answer::Mapped(value) => {
                out.push_str("\"mappedValue\":");
                let shown = match secrets {
                    Secrets::Hidden | Secrets::Withheld => value.view(),
                    Secrets::Written => value.view().compared(),
                };
                write_string(&shown.as_text(), &mut out);
            }
            Answer::Deprovision(value) => {
                out.push_str(if *value { "\"data\":true" } else { "\"data\":false" });
            }
        }
        out.push_str("}}");
        out
    }
}

/// The body of an answer that is no reply: a code to look up and the id under which the log has the cause.
#[must_use]
pub fn problem(code: &str, request_id: &str) -> String {
    let mut out = String::from("{\"code\":");
    write_string(code, &mut out);
    out.push_str(",\"requestId\":");
    write_string(request_id, &mut out);
    out.push('}');
    out
}
