//! Gives what is known of the rules in force: what came of their tests, and how often each decided.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::examined::Examined;
use crate::console::console::Console;
use crate::journal::Hits;

/// How old counts of decisions may be.
const HITS_AGE: Duration = Duration::from_secs(20);
/// How long back decisions are counted.
const HITS_PERIOD: SignedDuration = SignedDuration::from_hours(24);
/// As long as rules are in force, their tests come out the same but for the clock.
const TESTS_AGE: Duration = Duration::from_hours(1);

/// What came of the tests of the rules in force, if that is known yet.
pub(super) async fn examined(console: &Console) -> Option<Arc<Examined>> {
    let live = console.watched.gateway.current();
    let surroundings = console.surroundings();
    let key = live.rules.hash.clone();
    console.tests.get(key, TESTS_AGE, move || Examined::of(live, &surroundings)).await
}

/// How often each rule decided, if that is known yet; why not, where that is not so.
pub(super) async fn hits(console: &Console) -> Result<Option<Arc<Hits>>, String> {
    let Some(file) = console.settings.journal.file.clone() else {
        return Err(
            "decisions are not recorded (`journal.file` is null), so that nobody knows how often a rule decided"
                .to_owned(),
        );
    };
    let read = move || {
        let hits = Hits::read(&file, HITS_PERIOD, Timestamp::now()).map(Arc::new);
        hits.map_err(|error| format!("the journal cannot be read: {error}"))
    };
    console.hits.get((), HITS_AGE, read).await.map_or(Ok(None), |hits| (*hits).clone().map(Some))
}
