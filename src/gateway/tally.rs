//! Counts the verdicts and skips of each rule; the counts survive a reload.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use crate::engine::Decision;
use crate::rule::{Rule, RuleSet};
use crate::telemetry::metrics::{CELLS, Cells};

/// The cell behind those of the verdicts: how often the rule held in audit mode.
const AUDITED: usize = Decision::WORDS.len();
const _: () = assert!(AUDITED < CELLS, "a verdict has no cell");

/// What is counted of one rule on one hook.
#[derive(Debug, Default)]
struct Counts {
    verdicts: Cells,
    skipped: AtomicU64,
}

/// The counts of one rule set.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// By the hook's place in the table: what no rule decided.
    unruled: Vec<Arc<Counts>>,
    /// For each rule, and each of its hooks; there from the first count on.
    ruled: Vec<Vec<OnceLock<Arc<Counts>>>>,
    /// By the hook's place in the table: what rules decided that are in force no more.
    gone: Vec<[u64; CELLS]>,
}

/// One row of what was counted.
pub(super) struct Counted<'t> {
    pub(super) hook: &'t str,
    /// Empty where no rule decided.
    pub(super) rule: &'t str,
    counts: [u64; CELLS],
    pub(super) skipped: u64,
}

impl Tally {
    /// The counts of these rules. What a rule of the same name and hook has counted before goes on.
    pub(super) fn new(rules: &RuleSet, before: Option<(&RuleSet, &Tally)>) -> Self {
        let mut known: HashMap<(usize, &str), &Arc<Counts>> = HashMap::new();
        if let Some((rules, tally)) = before {
            for (rule, slots) in rules.rules.iter().zip(&tally.ruled) {
                let counted = rule.hooks.iter().zip(slots).filter_map(|(hook, slot)| Some((*hook, slot.get()?)));
                known.extend(counted.map(|(hook, cells)| ((hook, rule.name.as_str()), cells)));
            }
        }
        let slot = |rule: &Rule, hook: &usize| {
            let cells = known.get(&(*hook, rule.name.as_str()));
            cells.map_or_else(OnceLock::new, |cells| OnceLock::from(Arc::clone(cells)))
        };
        let of_rule = |rule: &Rule| rule.hooks.iter().map(|hook| slot(rule, hook)).collect();
        let ruled = rules.rules.iter().map(of_rule).collect();
        let mut gone = before.map(|(_, tally)| tally.gone.clone()).unwrap_or_default();
        gone.resize(rules.hooks.rows.len(), [0; CELLS]);
        let stays = rules.rules.iter().flat_map(|rule| rule.hooks.iter().map(|hook| (*hook, rule.name.as_str())));
        for rule in stays {
            known.remove(&rule);
        }
        for ((hook, _), counts) in known {
            gone.get_mut(hook).into_iter().for_each(|gone| add(gone, counts.verdicts.read()));
        }
        Self {
            gone,
            unruled: match before {
                Some((_, tally)) => tally.unruled.clone(),
                None => rules.hooks.rows.iter().map(|_| Arc::default()).collect(),
            },
            ruled,
        }
    }

    /// Counts a decision of these rules on the hook at `hook`.
    pub(super) fn count(&self, rules: &RuleSet, hook: usize, decision: &Decision<'_>) {
        let cell = Decision::WORDS.iter().position(|word| *word == decision.word()).unwrap_or(CELLS);
        let cells = match decision.decided_by {
            Some(rule) => self.of(rules, hook, rule),
            None => self.unruled.get(hook),
        };
        cells.into_iter().for_each(|counts| counts.verdicts.count(cell));
        for audit in &decision.audits {
            self.of(rules, hook, audit.rule).into_iter().for_each(|counts| counts.verdicts.count(AUDITED));
        }
        for skipped in &decision.skipped {
            let counts = self.of(rules, hook, skipped.rule);
            counts.into_iter().for_each(|counts| {
                counts.skipped.fetch_add(1, Ordering::Relaxed);
            });
        }
    }

    fn of(&self, rules: &RuleSet, hook: usize, rule: &Rule) -> Option<&Arc<Counts>> {
        let place = rules.rules.element_offset(rule)?;
        let nth = rule.hooks.iter().position(|known| *known == hook)?;
        Some(self.ruled.get(place)?.get(nth)?.get_or_init(Arc::default))
    }

    /// How often each verdict came of each hook, in the order of [`Decision::WORDS`]; also by rules that are gone.
    pub(super) fn by_hook<'t>(&self, rules: &'t RuleSet) -> Vec<(&'t str, [u64; CELLS])> {
        let mut sums = self.gone.clone();
        sums.resize(rules.hooks.rows.len(), [0; CELLS]);
        let unruled = self.unruled.iter().enumerate().map(|(hook, counts)| (hook, &**counts));
        let ruled = rules.rules.iter().zip(&self.ruled).flat_map(|(rule, slots)| {
            rule.hooks.iter().zip(slots).filter_map(|(hook, slot)| Some((*hook, &**slot.get()?)))
        });
        for (hook, counts) in unruled.chain(ruled) {
            sums.get_mut(hook).into_iter().for_each(|sum| add(sum, counts.verdicts.read()));
        }
        rules.hooks.rows.iter().map(|hook| hook.name.as_str()).zip(sums).collect()
    }

    /// Everything that was counted.
    pub(super) fn read<'t>(&'t self, rules: &'t RuleSet) -> Vec<Counted<'t>> {
        let name = |hook: usize| rules.hooks.rows.get(hook).map_or("", |hook| hook.name.as_str());
        let row = |hook, rule, counts: &Arc<Counts>| Counted {
            hook: name(hook),
            rule,
            counts: counts.verdicts.read(),
            skipped: counts.skipped.load(Ordering::Relaxed),
        };
        let unruled = self.unruled.iter().enumerate().map(|(hook, cells)| row(hook, "", cells));
        let ruled = rules.rules.iter().zip(&self.ruled).flat_map(|(rule, slots)| {
            let counted = rule.hooks.iter().zip(slots).filter_map(|(hook, slot)| Some((*hook, slot.get()?)));
            counted.map(move |(hook, cells)| row(hook, rule.name.as_str(), cells))
        });
        unruled.chain(ruled).collect()
    }
}

fn add(sum: &mut [u64; CELLS], more: [u64; CELLS]) {
    sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
}

impl Counted<'_> {
    /// The verdicts it came to, each with how often; what never happened is left out, but for what no rule decided.
    pub(super) fn verdicts(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let is_unruled = self.rule.is_empty();
        let verdicts = Decision::WORDS.into_iter().zip(self.counts);
        verdicts.filter(move |(word, count)| *count > 0 || is_unruled && *word == "undecided")
    }

    pub(super) fn audited(&self) -> u64 {
        self.counts.get(AUDITED).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::diagnostic::File;
    use crate::event::{Calendar, Context, Event, Value};
    use crate::gateway::{Answered, Gateway, Live};
    use crate::rule::{Role, Sources, Tenant};

    fn live(rules: &str) -> Live {
        let file = Arc::new(File::new("a.yaml".to_owned(), format!("codes: {{ Refused: x }}\nrules:\n{rules}")));
        let sources = Sources::from_files(Path::new("rules"), vec![(Role::Yaml, file)]);
        Live::build(&sources, &Tenant::standard()).unwrap().0
    }

    fn call(gateway: &Arc<Gateway>, hook: &str, login: &str) {
        let context = Context {
            id: "id".to_owned(),
            now: jiff::Timestamp::UNIX_EPOCH,
            calendar: Calendar::utc(),
            app: None,
            token: Value::Null,
            caller: Value::Null,
            bearer: None,
            trace: None,
        };
        let hook = gateway.hooks().position(hook).unwrap();
        let body = format!("{{\"request\":{{\"user\":{{\"login\":\"{login}\"}}}}}}");
        let event = Event::read(gateway.hooks(), hook, body.into_bytes(), 8, context).unwrap();
        assert!(matches!(gateway.handle(event), Answered::Now(_)));
    }

    /// What came of each hook that was called: words with how often.
    fn counted(gateway: &Gateway) -> Vec<String> {
        let live = gateway.current();
        let rows = live.tally.by_hook(&live.rules);
        assert_eq!(rows.len(), gateway.hooks().rows.len());
        let words = rows.into_iter().flat_map(|(hook, counts)| {
            let counts = Decision::WORDS.into_iter().zip(counts).filter(|(_, count)| *count > 0);
            counts.map(move |(word, count)| format!("{hook} {word} {count}"))
        });
        words.collect()
    }

    #[test]
    fn what_was_decided_is_counted_by_hook_also_by_rules_that_are_gone() {
        let refuses = "  - { name: refuses, hook: [validateUser, validateUpdateUser], when: { user.login: x }, reject: Refused }\n";
        let changes = "  - { name: changes, hook: preCreateUser, set: { user.city: Pune } }\n";
        let gateway = Arc::new(Gateway::new(live(&format!("{refuses}{changes}"))));
        assert_eq!(counted(&gateway), [""; 0]);
        for (hook, login) in
            [("validateUser", "x"), ("validateUser", "x"), ("validateUser", "y"), ("preCreateUser", "y")]
        {
            call(&gateway, hook, login);
        }
        let mut expected = ["preCreateUser changed 1", "validateUser rejected 2", "validateUser undecided 1"];
        let sorted = |mut counted: Vec<String>| {
            counted.sort();
            counted
        };
        assert_eq!(sorted(counted(&gateway)), expected);
        for rules in [refuses, changes] {
            gateway.replace(live(rules));
            assert_eq!(sorted(counted(&gateway)), expected);
        }
        call(&gateway, "preCreateUser", "x");
        expected[0] = "preCreateUser changed 2";
        assert_eq!(sorted(counted(&gateway)), expected);
    }
}
