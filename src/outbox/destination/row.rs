//! What rows of all kinds of destinations share in gateway.yaml.

use std::ops::Range;
use std::time::Duration;

use crate::outbox::retry::Schedule;
use crate::setting::Rows;
use crate::yaml::Node;
use crate::yaml::keys::{Key, Keys, Shape, optional};

pub const ACCEPTS: Key = optional("accepts", Shape::OneOf(&["secrets"]), "secrets: what is sent may hold a password");
pub const ESCAPE: Key = optional(
    "escape",
    Shape::OneOf(&["slack", "markdown", "html", "none"]),
    "the markup that what templates bring in is escaped for; left out: slack for `slack`, markdown for `teams`, else none",
);
pub const ON_THE_WAY: Key = optional("at_once", Shape::Whole, "deliveries on their way at once; left out: 8");
pub const PER_SECOND: Key =
    optional("per_second", Shape::Whole, "most deliveries a second; left out: as many as there are");
pub const TIMEOUT: Key =
    optional("timeout_ms", Shape::Whole, "how long one attempt may take, in milliseconds; left out: 10000");
pub const RETRIES: Key = optional("retry", Shape::Mapping(&RETRY), "when a delivery is tried again, and when no more");

/// `retry`.
static RETRY: Keys = Keys {
    what: "`retry`",
    keys: &[
        optional("first_ms", Shape::Whole, "the wait after the first failure, in milliseconds; left out: 1000"),
        optional("factor_percent", Shape::Whole, "each wait in percent of the one before; left out: 200"),
        optional("most_ms", Shape::Whole, "the longest wait, in milliseconds; left out: 600000"),
        optional(
            "age_ms",
            Shape::Whole,
            "how old a delivery may become, in milliseconds; left out: 259200000 (3 days)",
        ),
    ],
};

/// `retry`; every wait is longer than the one before or as long, and all of them end.
pub fn schedule(rows: &mut Rows<'_>, node: &Node) -> Schedule {
    let usual = Schedule::default();
    if rows.reader.fields(node, &RETRY).is_none() {
        return usual;
    }
    let millis = |rows: &mut Rows<'_>, key: &str, most: u64, usual: Duration| {
        let written = node.get(key).and_then(|node| rows.reader.whole(node, format!("`{key}`"), 1..=most));
        written.map_or(usual, Duration::from_millis)
    };
    let first = millis(rows, "first_ms", 3_600_000, usual.first);
    let most = millis(rows, "most_ms", 86_400_000, usual.most);
    let age = millis(rows, "age_ms", 30 * 86_400_000, usual.age);
    let factor = node.get("factor_percent").and_then(|node| rows.reader.whole(node, "`factor_percent`", 100..=1_000));
    let factor_percent = factor.and_then(|factor| u32::try_from(factor).ok()).unwrap_or(usual.factor_percent);
    if most < first {
        let span: Range<usize> = node.get("most_ms").map_or(node.span.clone(), |node| node.span.clone());
        rows.refuse(&span, "the longest wait is shorter than the first", "write `most_ms` of at least `first_ms`");
    }
    Schedule { first, factor_percent, most, age }
}
