//! The decision about an event, what it sends, and the answer it gives on its hook.

use serde_json::json;

use super::change::{Change, changes};
use super::trace::RuleTrace;
use crate::diagnostic::Place;
use crate::event::secret;
use crate::event::{Accepted, Answer, Event, Hook, Kind, OnFailure, Secrets, Value, attribute};
use crate::rule::Rule;

/// The code that refuses where a rule could not say by which.
const UNAVAILABLE: &str = "ValidationUnavailable";

/// What the rules came to.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// No rule decided; the user may have been changed.
    Undecided,
    Rejected {
        code: String,
        /// The field it is about, if the rule says so.
        attribute: Option<String>,
    },
    /// Answered as text.
    Mapped(Value<'static>),
    Deprovision(bool),
    /// A rule failed; the hook's `on_failure` answers.
    Failed(Failure),
}

/// Why a rule could not be evaluated.
#[derive(Clone, Debug)]
pub struct Failure {
    /// In words for the log and the trace; never a secret.
    pub message: String,
    /// What to write instead, where that is known.
    pub help: Option<String>,
    pub place: Place,
    /// Whether the rule wanted to refuse, but not by a code: a hook that may refuse does so then.
    pub refuses: bool,
    /// Whether it is none of the event: something has to be known that the facts do not have, such as a secret.
    pub is_undecidable: bool,
}

/// What rules had to know and the facts do not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecidable {
    /// In words.
    pub why: String,
    pub rule: String,
    /// `file:line` of the rule.
    pub at: String,
}

/// A rule that refuses the event.
#[derive(Debug)]
pub struct Refusal<'e> {
    pub code: String,
    /// The field it is about, if the rule says so.
    pub attribute: Option<String>,
    pub rule: &'e Rule,
}

/// A rule in audit mode that held.
#[derive(Debug)]
pub struct Audit<'e> {
    pub rule: &'e Rule,
    /// What it would have done.
    pub did: Vec<String>,
}

/// A rule that was passed over: a date that decides about it cannot be read, or it failed and says `on_failure: skip`.
#[derive(Debug)]
pub struct Skipped<'e> {
    pub rule: &'e Rule,
    pub failure: Failure,
}

/// Something to send, as a rule made it. The outbox sends it.
#[derive(Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The destination's name.
    pub to: String,
    /// What has the same key arrives in order.
    pub key: String,
    /// JSON: a text, or what becomes the body.
    pub body: String,
    /// Whether the body holds a secret, so that it is never written down as it is.
    pub is_secret: bool,
    /// The rule that sends it.
    pub rule: String,
}

impl Delivery {
    /// The body for people: JSON, secrets hidden.
    #[must_use]
    pub fn shown(&self) -> String {
        if self.is_secret { Value::text(secret::HIDDEN).to_json() } else { self.body.clone() }
    }

    /// For programs, secrets hidden.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let body: serde_json::Value = serde_json::from_str(&self.shown()).unwrap_or_default();
        json!({ "to": self.to, "key": self.key, "body": body, "rule": self.rule })
    }
}

impl std::fmt::Debug for Delivery {
    /// Never shows the body.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Delivery").field("to", &self.to).field("rule", &self.rule).finish_non_exhaustive()
    }
}

/// The outcome of an event.
#[derive(Debug)]
pub struct Decision<'e> {
    pub verdict: Verdict,
    /// The rules that refuse, in their order; the first is the verdict. More than one only where the hook collects them.
    pub refusals: Vec<Refusal<'e>>,
    /// Whether the hook collects them.
    pub collects_refusals: bool,
    /// The rule that decided or failed; where none did, the last that changed the user.
    pub decided_by: Option<&'e Rule>,
    /// The user as the rules left them.
    pub user: Option<Value<'e>>,
    pub is_changed: bool,
    /// What is sent. A rule that failed keeps nothing of what rules before it sent from going out.
    pub deliveries: Vec<Delivery>,
    /// Audit rules that held, and what they would have done.
    pub audits: Vec<Audit<'e>>,
    /// Rules that were passed over, and why.
    pub skipped: Vec<Skipped<'e>>,
    /// The first thing that rules had to know and the facts do not have. Then nothing else here counts.
    pub undecidable: Option<Undecidable>,
    /// What each rule did; empty unless it was asked for.
    pub trace: Vec<RuleTrace>,
}

impl<'e> Decision<'e> {
    /// Every word of [`Decision::word`].
    pub const WORDS: [&'static str; 7] =
        ["undecided", "changed", "rejected", "mapped", "deprovision", "keep", "failed"];

    /// The body of the answer on this hook, secrets in it for the caller alone; `None` when the hook's `on_failure` says
    /// `unavailable`.
    #[must_use]
    pub fn reply(&self, hook: &Hook, event: &Event) -> Option<String> {
        self.answer(hook, event, Secrets::Written)
    }

    /// The same for people: secrets hidden.
    #[must_use]
    pub fn shown_reply(&self, hook: &Hook, event: &Event) -> Option<String> {
        self.answer(hook, event, Secrets::Hidden)
    }

    fn answer(&self, hook: &Hook, event: &Event, secrets: Secrets) -> Option<String> {
        Some(match &self.verdict {
            Verdict::Rejected { code, .. } => Answer::Rejected(code).to_json(secrets),
            Verdict::Mapped(value) => Answer::Mapped(value).to_json(secrets),
            Verdict::Deprovision(value) => Answer::Deprovision(*value).to_json(secrets),
            Verdict::Undecided => undecided(hook, event, self.user.as_ref(), secrets),
            Verdict::Failed(failure) => match &hook.on_failure {
                OnFailure::Reject(code) => Answer::Rejected(code).to_json(secrets),
                OnFailure::Undecided if failure.refuses => Answer::Rejected(UNAVAILABLE).to_json(secrets),
                OnFailure::Undecided => undecided(hook, event, None, secrets),
                OnFailure::Unavailable => return None,
            },
        })
    }

    /// The user as the caller gets it; `None` where the answer has none: refused, or a hook that answers no user.
    #[must_use]
    pub fn answered_user(&self, hook: &Hook, event: &'e Event) -> Option<Value<'e>> {
        let answers_user = match hook.kind {
            Kind::Transform => true,
            Kind::Validate => matches!(hook.accepted, Accepted::Data | Accepted::Echo),
            Kind::Probe | Kind::Map | Kind::Decide | Kind::Notify => false,
        };
        let is_undecided = match (&self.verdict, &hook.on_failure) {
            (Verdict::Undecided, _) => return self.user.clone().filter(|_| answers_user),
            (Verdict::Failed(failure), OnFailure::Undecided) => !failure.refuses,
            (Verdict::Failed(_), OnFailure::Reject(_) | OnFailure::Unavailable)
            | (Verdict::Rejected { .. } | Verdict::Mapped(_) | Verdict::Deprovision(_), _) => false,
        };
        event.user().filter(|_| is_undecided && answers_user).map(Value::Source)
    }

    /// What the rules changed in the user; a refused or failed event changes nothing.
    #[must_use]
    pub fn changes(&self, event: &Event) -> Vec<Change> {
        match (&self.verdict, event.user(), &self.user) {
            (Verdict::Undecided, Some(before), Some(after)) if self.is_changed => {
                changes(&Value::Source(before), after)
            }
            _ => Vec::new(),
        }
    }

    /// In one word for logs: `accepted`, `rejected`, `failed`, …
    #[must_use]
    pub fn word(&self) -> &'static str {
        match &self.verdict {
            Verdict::Rejected { .. } => "rejected",
            Verdict::Mapped(_) => "mapped",
            Verdict::Deprovision(true) => "deprovision",
            Verdict::Deprovision(false) => "keep",
            Verdict::Failed(_) => "failed",
            Verdict::Undecided if self.is_changed => "changed",
            Verdict::Undecided => "undecided",
        }
    }
}

/// Every refusal of a decision by its code and its rule.
#[must_use]
pub fn refusals(decision: &Decision<'_>) -> Vec<(String, String)> {
    decision.refusals.iter().map(|refusal| (refusal.code.clone(), refusal.rule.name.clone())).collect()
}

/// The answer where no rule decides; without a changed `user` it is the one that came.
fn undecided(hook: &Hook, event: &Event, user: Option<&Value<'_>>, secrets: Secrets) -> String {
    let came = event.user().map_or(Value::Null, Value::Source);
    let user = user.unwrap_or(&came);
    match hook.kind {
        Kind::Probe | Kind::Notify => Answer::Empty.to_json(secrets),
        Kind::Decide => Answer::Deprovision(false).to_json(secrets),
        Kind::Map => Answer::Mapped(&default_mapping(event)).to_json(secrets),
        Kind::Transform => Answer::User(user).to_json(secrets),
        Kind::Validate => Answer::Accepted(hook.accepted, user).to_json(secrets),
    }
}

/// The form's value, else the user's field that `cymmetrifield` names, else the custom attribute of that name,
/// else `defaultValue`, else nothing.
fn default_mapping(event: &Event) -> Value<'_> {
    fn filled(value: Value<'_>) -> Option<Value<'_>> {
        (!value.view().is_empty()).then_some(value)
    }
    let field = |name| event.field(name).map(Value::Source).and_then(filled);
    let of_user = || {
        let name = event.field("cymmetrifield")?.text();
        let user = event.user()?;
        let attribute = || attribute::read(&Value::Source(user), &name, &[]).and_then(filled);
        user.get(&name).map(Value::Source).and_then(filled).or_else(attribute)
    };
    field("formVeriable").or_else(of_user).or_else(|| field("defaultValue")).unwrap_or(Value::Text("".into()))
}
