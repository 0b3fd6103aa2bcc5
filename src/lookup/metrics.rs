//! Metrics of lookups: results, durations, and connections whose breaker is open.

use super::connections::Connections;
use crate::outside::Breaker;
use crate::telemetry::metrics::{
    CONNECTION_BREAKER, CONNECTION_LOGIN_REFUSED, LOOKUP_CACHE_HITS, LOOKUP_DURATION, LOOKUPS, Measured, Page,
};

impl Measured for Connections {
    fn tell(&self, page: &mut Page<'_>) {
        let lookups = self.tallies.read();
        let results = lookups
            .iter()
            .flat_map(|(name, tally)| tally.results().map(|(result, count)| ([name.as_str(), result], count)));
        page.numbers(&LOOKUPS, results);
        page.numbers(&LOOKUP_CACHE_HITS, lookups.iter().map(|(name, tally)| ([name.as_str()], tally.cache_hits())));
        page.times(&LOOKUP_DURATION, lookups.iter().map(|(name, tally)| ([name.as_str()], tally.times())));
        let breakers = self.lines().flat_map(|(name, line)| {
            Breaker::states(line.breaker.word()).map(move |(state, is_in)| ([name, state], u64::from(is_in)))
        });
        page.numbers(&CONNECTION_BREAKER, breakers);
        let refused = self.lines().map(|(name, line)| ([name], u64::from(line.source.is_refused())));
        page.numbers(&CONNECTION_LOGIN_REFUSED, refused);
    }
}
