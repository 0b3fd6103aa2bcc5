//! The form of the playground: what is tried, and what stands in it at first.

use crate::console::answer::Answer;
use crate::console::asked::Asked;

/// Largest text of a rule file, in bytes.
const TEXT_LIMIT_BYTES: usize = 1 << 20;
/// Largest request and largest text of given answers, in bytes.
const REQUEST_LIMIT_BYTES: usize = 256 << 10;

/// What is tried.
#[derive(Clone, Debug, Default)]
pub(super) struct Form {
    pub hook: String,
    /// The body of the request; the hook's sample where nobody wrote one.
    pub request: Option<String>,
    /// The name of the file that is edited; the first of the hook's rules where none is chosen.
    pub file: String,
    /// Its text, secrets hidden; as it is in force where nobody edited it.
    pub text: Option<String>,
    /// Answers of lookups, as for `hookgate dry-run --given`.
    pub given: String,
    /// The event's clock; now where it is blank.
    pub now: String,
    pub app: String,
    /// The address that the call comes from.
    pub caller: String,
    /// The id of the recorded request that was opened.
    pub record: String,
}

impl Form {
    /// What a link asks for.
    pub fn of_link(asked: &Asked) -> Self {
        let get = |name| asked.get(name).unwrap_or_default().to_owned();
        Self { hook: get("hook"), file: get("file"), app: get("app"), record: get("record"), ..Self::default() }
    }

    /// What was sent.
    ///
    /// # Errors
    /// The answer to whoever sent too much.
    pub fn of_fields(asked: &Asked) -> Result<Self, Answer> {
        // A browser sends each end of line as two characters.
        let field = |name| asked.field(name).map(|text| text.replace("\r\n", "\n"));
        let word = |name| asked.field(name).unwrap_or_default().trim().to_owned();
        let form = Self {
            hook: word("hook"),
            request: field("request"),
            file: word("file"),
            text: field("text"),
            given: field("given").unwrap_or_default(),
            now: word("now"),
            app: word("app"),
            caller: word("caller"),
            record: word("record"),
        };
        let lengths = [
            ("the text of the rules", form.text.as_ref().map_or(0, String::len), TEXT_LIMIT_BYTES),
            ("the request", form.request.as_ref().map_or(0, String::len), REQUEST_LIMIT_BYTES),
            ("the text of given answers", form.given.len(), REQUEST_LIMIT_BYTES),
        ];
        match lengths.into_iter().find(|(_, length, limit)| length > limit) {
            None => Ok(form),
            Some((what, _, limit)) => Err(Answer::refused(
                format!("{what} is longer than {} KiB, which is the most that the playground takes", limit >> 10),
                "leave out what the rules do not need, or use `hookgate check` and `hookgate dry-run` on the command line",
            )),
        }
    }
}
