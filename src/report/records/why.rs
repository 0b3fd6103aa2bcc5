//! Explains a recorded decision by the rules that made it: those in force, or an older set that is kept.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::shown::time;
use crate::engine::RuleTrace;
use crate::gateway::{KeptSet, Live, NoSet, Replay, Sets, TableRows};
use crate::journal::Record;
use crate::rule::{Occasion, Tenant, short_hash};

/// What each rule did in a recorded decision.
#[derive(Debug)]
pub struct Explained {
    pub trace: Vec<RuleTrace>,
    /// The body that was answered, secrets hidden; none where the call was turned away.
    pub reply: Option<String>,
}

/// Whether these rules decided the record.
#[must_use]
pub fn is_by(record: &Record, live: &Live) -> bool {
    !record.rules.is_empty() && live.rules.hash.starts_with(&record.rules)
}

/// The set whose hash the record has, of those that are kept.
///
/// # Errors
/// Why there is none, in words.
pub fn kept_set(record: &Record, sets: Option<&Sets>) -> Result<KeptSet, String> {
    let hash = short_hash(&record.rules);
    let Some(sets) = sets else {
        return Err(format!(
            "the rules `{hash}` decided it, and no older rules are kept (`reload.state`, `reload.keep`), so that each rule is not explained"
        ));
    };
    sets.find(Some(&record.rules), None).map_err(|why| match why {
        NoSet::Unreadable(why) => format!("the rules that are kept cannot be read: {why}"),
        NoSet::Unknown(_) | NoSet::Ambiguous(_) | NoSet::NoOther => format!(
            "the rules `{hash}` decided it; they are not in force any more, and not among those that are kept (`reload.keep`), \
             so that each rule is not explained"
        ),
    })
}

/// The rules of a kept set, compiled as a start would.
///
/// # Errors
/// Why they are none, in words.
pub fn kept_rules(set: &KeptSet, sets: &Sets, tenant: &Tenant) -> Result<Live, String> {
    let sources =
        sets.read(set).map_err(|why| format!("the rules that decided it are kept, and cannot be read: {why}"))?;
    let built = Live::build_on(&sources, tenant, Occasion::Start);
    built
        .map(|(live, _)| live)
        .map_err(|_| "the rules that decided it are kept, and do not compile with gateway.yaml as it is now".to_owned())
}

/// Decides a record again by the rules that made it.
///
/// # Errors
/// Why it cannot be decided again, in words.
pub fn explained(record: &Record, live: &Live) -> Result<Explained, String> {
    let replay = Replay::new(live, TableRows::Then);
    let explained = replay.explained(record, |decision, event| {
        let hook = live.rules.hooks.rows.get(event.hook);
        let reply = hook.and_then(|hook| decision.shown_reply(hook, event));
        Explained { trace: decision.trace, reply }
    });
    explained.map_err(|cannot| {
        let rule = cannot.rule.map_or(String::new(), |(name, at)| format!("{name} ({at}) "));
        format!("the rules are the same, but cannot be decided again: {rule}{}", cannot.why)
    })
}

/// Which kept rules explain a record, in words.
#[must_use]
pub fn by_kept(hash: &str, at: Timestamp, zone: &TimeZone) -> String {
    let hash = short_hash(hash);
    format!(
        "explained by the rules `{hash}` that decided it, which came into force at {}; others are in force now",
        time(&at.to_string(), zone)
    )
}
