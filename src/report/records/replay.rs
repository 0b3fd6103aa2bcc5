//! Sums up what comes of recorded events that are decided again: what is the same, what differs and for whom.

use std::collections::{BTreeMap, HashSet};

use super::remembered::answer;
use crate::gateway::{Again, Decided, Live, Replay, TableRows};
use crate::journal::{Found, Record};

/// People that are shown of each group.
const PEOPLE_SHOWN: usize = 3;
/// Lines that cannot be read that are kept; all are counted.
const UNREADABLE_SHOWN: usize = 10;

/// Records with one difference, or one reason: how many there are, whom they are about, and which they are.
#[derive(Debug, Default)]
pub struct Group {
    pub count: usize,
    pub people: Vec<String>,
    known: HashSet<String>,
    pub requests: Vec<String>,
}

impl Group {
    fn add(&mut self, record: &Record, person: Option<String>) {
        self.count += 1;
        self.requests.push(record.id.clone());
        if let Some(person) = person.filter(|person| self.known.insert(person.clone())) {
            self.people.push(person);
        }
    }

    /// Some of the people; where nobody is known, some of the requests.
    #[must_use]
    pub fn shown(&self) -> String {
        let (names, before) = match self.people.is_empty() {
            true => (&self.requests, "request "),
            false => (&self.people, ""),
        };
        let some = names.iter().take(PEOPLE_SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
        match names.len().saturating_sub(PEOPLE_SHOWN) {
            0 => format!("{before}{some}"),
            more => format!("{before}{some} and {more} more"),
        }
    }
}

/// One difference: on a hook, from an answer to another, by a rule.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind {
    pub hook: String,
    pub then: String,
    pub now: String,
    /// What else differs than the answer.
    pub parts: Vec<&'static str>,
    pub rule_then: Option<String>,
    pub rule_now: Option<String>,
}

impl Kind {
    /// `accepted → MobileAlreadyExist: 12, by mobile-is-free`
    #[must_use]
    pub fn told(&self, count: usize) -> String {
        let what = match self.parts.contains(&"answer") {
            true => format!("{} → {}", self.then, self.now),
            false => format!("{} with other {}", self.now, self.parts.join(" and ")),
        };
        let by = match (&self.rule_now, &self.rule_then) {
            (Some(now), _) => format!("by {now}"),
            (None, Some(then)) => format!("no longer by {then}"),
            (None, None) => "by no rule".to_owned(),
        };
        format!("{what}: {count}, {by}")
    }
}

/// What came of all records.
#[derive(Debug, Default)]
pub struct Sum {
    pub same: usize,
    pub by_another_rule: usize,
    pub differ: usize,
    pub cannot: usize,
    pub differences: BTreeMap<Kind, Group>,
    /// By hook, rule and reason.
    pub reasons: BTreeMap<[String; 3], Group>,
    /// Tables that answer otherwise now, each with how many records asked what is answered otherwise.
    pub changed_tables: BTreeMap<String, usize>,
    pub unreadable: Vec<String>,
    pub unreadable_count: usize,
}

/// Decides again what was found, and sums it up. `goes_on` is told how many were decided, and whether it ends there.
pub fn replayed(
    found: impl Iterator<Item = Found>,
    live: &Live,
    rows: TableRows,
    goes_on: &mut dyn FnMut(usize) -> bool,
) -> Sum {
    let (mut sum, replay) = (Sum::default(), Replay::new(live, rows));
    for (done, found) in found.enumerate() {
        if !goes_on(done) {
            break;
        }
        match found {
            Found::Line { record: Ok(record), .. } | Found::Old(record) => {
                sum.take(&record, replay.again(&record), live);
            }
            Found::Line { at, record: Err(why), .. } | Found::Unread { at, why } => {
                sum.unreadable_count += 1;
                sum.unreadable
                    .extend(Some(format!("{at}  {why}")).filter(|_| sum.unreadable_count <= UNREADABLE_SHOWN));
            }
        }
    }
    sum
}

impl Sum {
    fn take(&mut self, record: &Record, decided: Decided, live: &Live) {
        let Decided { again, person, changed_tables } = decided;
        changed_tables.into_iter().for_each(|table| *self.changed_tables.entry(table).or_default() += 1);
        match again {
            Again::Same { is_by_same } => {
                self.same += 1;
                self.by_another_rule += usize::from(!is_by_same);
            }
            Again::Differs(difference) => {
                self.differ += 1;
                let hook = live.rules.hooks.named(&record.hook);
                let kind = Kind {
                    hook: record.hook.clone(),
                    then: answer(&record.decision, hook),
                    now: answer(&difference.now, hook),
                    parts: difference.what,
                    rule_then: record.decision.rule.clone(),
                    rule_now: difference.now.rule,
                };
                self.differences.entry(kind).or_default().add(record, person);
            }
            Again::Cannot(cannot) => {
                self.cannot += 1;
                let rule = cannot.rule.map_or(String::new(), |(name, at)| format!("{name} ({at})"));
                self.reasons.entry([record.hook.clone(), rule, cannot.why]).or_default().add(record, person);
            }
        }
    }

    /// Whether more differ than may, or nothing could be compared at all.
    #[must_use]
    pub fn is_beyond(&self, allow: f64) -> bool {
        let compared = self.same + self.differ;
        compared == 0 || self.share() > allow
    }

    /// The share of records that differ, in percent of those that could be compared.
    #[expect(clippy::cast_precision_loss, reason = "no journal has so many records")]
    #[must_use]
    pub fn share(&self) -> f64 {
        100.0 * self.differ as f64 / (self.same + self.differ).max(1) as f64
    }
}
