//! Metrics of the gateway: decisions, evaluation times, rules in force.
//!
//! Those of its lookups, outbox, journal and traces are written with them.

use jiff::Timestamp;

use super::handle::Gateway;
use super::reload::{Origin, ReloadHandle};
use crate::engine::Decision;
use crate::journal::Counts;
use crate::rule::short_hash;
use crate::telemetry::metrics::{
    AUDITS, DECISIONS, EVALUATION_DURATION, Measured, Page, RELOADS, RULE_SKIPS, RULES, RULES_INFO, RULES_LOADED,
    RULES_REFUSED, RULES_SOURCE, RULES_WARNINGS, Sample, TABLE_KEPT_AGE,
};

impl Gateway {
    /// What became of the records of the journal so far, and whether the newest could be written; none where nothing is
    /// recorded.
    #[must_use]
    pub fn recorded(&self) -> Option<(Counts, bool)> {
        self.journal().map(|journal| (journal.counts(), journal.is_writable()))
    }
}

impl Measured for Gateway {
    fn tell(&self, page: &mut Page<'_>) {
        let live = self.current();
        let counted = live.tally.read(&live.rules);
        let decisions = counted
            .iter()
            .flat_map(|row| row.verdicts().map(|(verdict, count)| ([row.hook, row.rule, verdict], count)));
        page.numbers(&DECISIONS, decisions);
        let audited = counted.iter().filter(|row| row.audited() > 0);
        page.numbers(&AUDITS, audited.map(|row| ([row.hook, row.rule], row.audited())));
        let skipped = counted.iter().filter(|row| row.skipped > 0);
        page.numbers(&RULE_SKIPS, skipped.map(|row| ([row.hook, row.rule], row.skipped)));
        let evaluated = self.evaluated().filter(|(_, times)| times.count() > 0);
        page.times(&EVALUATION_DURATION, evaluated.map(|(hook, times)| ([hook], times)));
        page.number(&RULES, live.rules.rules.len());
        page.number(&RULES_WARNINGS, live.warnings.count);
        let hash = short_hash(&live.rules.hash);
        page.numbers(&RULES_INFO, [([hash], 1_u64)]);
        let now = Timestamp::now();
        page.numbers(&TABLE_KEPT_AGE, live.kept.iter().map(|kept| ([&*kept.table], kept.age_seconds(now))));
        if let Some(connections) = self.connections() {
            connections.tell(page);
        }
        if let Some(outbox) = self.outbox() {
            outbox.tell(page);
        }
        if let Some(journal) = self.journal() {
            journal.tell(page);
        }
        self.tracer().tell(page);
    }

    fn sample(&self, sample: &mut Sample) {
        let live = self.current();
        for (hook, counts) in live.tally.by_hook(&live.rules) {
            for (verdict, count) in Decision::WORDS.into_iter().zip(counts) {
                sample.verdict(hook, verdict, count);
            }
        }
    }
}

impl Measured for ReloadHandle {
    fn tell(&self, page: &mut Page<'_>) {
        let status = self.status();
        page.numbers(&RELOADS, [(["loaded"], status.loads), (["failed"], status.failures)]);
        page.number(&RULES_REFUSED, u64::from(status.last_failure.is_some()));
        page.numbers(&RULES_SOURCE, Origin::ALL.map(|origin| ([origin.word()], u64::from(origin == status.origin))));
        if let Some(at) = status.loaded_at {
            page.number(&RULES_LOADED, at.as_duration().as_secs_f64());
        }
    }
}
