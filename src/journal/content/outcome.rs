//! Takes from a decision what is recorded of it.

use crate::diagnostic::Place;
use crate::engine::{Decision, Delivery, Note, Notes, OnSecret, Recorded, Verdict, refusals};
use crate::event::Value;
use crate::rule::RuleSet;

/// What a decision came to, independent of its event and its rules.
#[derive(Debug)]
pub struct Outcome {
    pub word: &'static str,
    pub code: Option<String>,
    pub attribute: Option<String>,
    /// Every code with its rule, where the hook collects them.
    pub refusals: Option<Vec<(String, String)>>,
    pub mapped: Option<Value<'static>>,
    /// The deciding rule and where it stands.
    pub rule: Option<(String, Place)>,
    /// The user as the rules left them, where they changed them.
    pub user: Option<Value<'static>>,
    /// Audit rules that held or failed.
    pub audits: Vec<String>,
    /// Rules that were skipped.
    pub skipped: Vec<String>,
    pub failure: Option<(String, Place)>,
    pub deliveries: Vec<Delivery>,
    pub facts: Vec<Fact>,
    /// Settings that were read, with their values.
    pub settings: Vec<(String, Value<'static>)>,
    /// What came of looking at secrets, by what was asked.
    pub on_secrets: Vec<(String, Option<OnSecret>)>,
}

/// A question and its answer.
#[derive(Debug)]
pub struct Fact {
    pub lookup: String,
    /// Whether it was asked over a connection; tables are part of the rules.
    pub is_remote: bool,
    pub key: Value<'static>,
    pub answer: Recorded,
}

impl Outcome {
    /// What there is to record of a decision.
    #[must_use]
    pub fn of(decision: &Decision<'_>, notes: Notes, set: &RuleSet) -> Self {
        let (code, attribute, mapped, failure) = match &decision.verdict {
            Verdict::Rejected { code, attribute } => (Some(code.clone()), attribute.clone(), None, None),
            Verdict::Mapped(value) => (None, None, Some(value.clone()), None),
            Verdict::Failed(failure) => (None, None, None, Some((failure.message.clone(), failure.place.clone()))),
            Verdict::Undecided | Verdict::Deprovision(_) => (None, None, None, None),
        };
        let is_changed = decision.is_changed && matches!(decision.verdict, Verdict::Undecided);
        let fact = |note: Note| {
            let lookup = set.lookups.get(note.lookup)?;
            let (key, mut answer) = (note.key, note.answer);
            if let Recorded::Rows { rows, .. } = &mut answer {
                *rows = std::mem::take(rows).into_iter().map(|row| set.hooks.secrets.hide(row)).collect();
            }
            Some(Fact { lookup: lookup.name.clone(), is_remote: lookup.is_remote(), key, answer })
        };
        let settings = notes.settings.into_iter();
        let settings = settings.filter_map(|name| set.settings.get(&name).map(|value| (name.clone(), value.clone())));
        let is_collected = decision.collects_refusals && !decision.refusals.is_empty();
        Self {
            word: decision.word(),
            code,
            attribute,
            refusals: is_collected.then(|| refusals(decision)),
            settings: settings.collect(),
            mapped,
            rule: decision.decided_by.map(|rule| (rule.name.clone(), rule.place())),
            user: decision.user.clone().filter(|_| is_changed).map(Value::into_static),
            audits: decision.audits.iter().map(|audit| audit.rule.name.clone()).collect(),
            skipped: decision.skipped.iter().map(|skipped| skipped.rule.name.clone()).collect(),
            failure,
            deliveries: decision.deliveries.clone(),
            facts: notes.asked.into_iter().filter_map(fact).collect(),
            on_secrets: notes.on_secrets,
        }
    }
}
