//! The registry of receivers, a line for each kind, and reading `destinations` of gateway.yaml.

use std::time::Duration;

use super::destination::Destination;
use super::kind::{ReceiverKind, Usual};
use super::row::schedule;
use crate::outbox::retry::Schedule;
use crate::outbox::{file, http, nats};
use crate::rule::Markup;
use crate::setting::Rows;
use crate::yaml::keys::Shape;
use crate::yaml::{Entry, Node};

/// From the table: the kinds, and what a row of `destinations` may be.
macro_rules! receivers {
    ($($kind:expr;)*) => {
        const KINDS: &[ReceiverKind] = &[$($kind),*];

        /// One row of `destinations`: the key that only one kind has says which it is.
        pub const DESTINATION: Shape = Shape::Either(&[$(Shape::Mapping($kind.keys)),*]);
    };
}

receivers! {
    http::KIND;
    nats::KIND;
    file::KIND;
}

/// Deliveries on their way at once unless a row says otherwise.
const AT_ONCE: u64 = 8;
/// How long one attempt may take unless a row says otherwise.
const TIMEOUT_MS: u64 = 10_000;

/// Reads the table; mistakes are told, and the rows without one are given out.
pub fn destinations(node: &Node, rows: &mut Rows<'_>) -> Vec<Destination> {
    if node.is_null() {
        return Vec::new();
    }
    let entries = rows.reader.entries(node, "`destinations`").unwrap_or_default();
    entries.iter().filter_map(|entry| row(rows, entry)).collect()
}

fn row(rows: &mut Rows<'_>, entry: &Entry) -> Option<Destination> {
    let node = &entry.value;
    rows.reader.entries(node, "a destination")?;
    let is_name = rows.name(entry, "a destination");
    let said =
        |kind: &'static ReceiverKind| kind.words.iter().filter(|word| node.get(word).is_some()).map(move |_| kind);
    let kinds: Vec<_> = KINDS.iter().flat_map(said).collect();
    let [kind] = kinds.as_slice() else {
        let help = format!("write one of {}", examples());
        rows.refuse(&entry.key_span, format!("destination `{}` needs one address", entry.key), &help);
        return None;
    };
    let target = (kind.read)(rows, node);
    rows.reader.fields(node, kind.keys);
    let whole = |rows: &mut Rows<'_>, key: &str, range: std::ops::RangeInclusive<u64>, usual: u64| {
        node.get(key).and_then(|node| rows.reader.whole(node, format!("`{key}`"), range)).unwrap_or(usual)
    };
    let at_once = whole(rows, "at_once", 1..=1_000, AT_ONCE);
    let per_second = whole(rows, "per_second", 1..=100_000, 0);
    let timeout_ms = whole(rows, "timeout_ms", 10..=600_000, TIMEOUT_MS);
    let accepts = node.get("accepts").and_then(|node| rows.reader.one_of(node, "`accepts`", &[("secrets", true)]));
    let (markup, is_markup_guessed) = markup(rows, node, kind);
    let schedule = node.get("retry").map_or_else(Schedule::default, |node| schedule(rows, node));
    let destination = Destination {
        name: entry.key.clone(),
        place: rows.reader.place(&entry.key_span),
        target: target?,
        accepts_secrets: accepts.unwrap_or(false),
        markup,
        is_markup_guessed,
        at_once: usize::try_from(at_once).unwrap_or(1),
        per_second: u32::try_from(per_second).unwrap_or(0),
        timeout: Duration::from_millis(timeout_ms),
        schedule,
    };
    is_name.then_some(destination)
}

/// How an address of each kind is written.
fn examples() -> String {
    let examples: Vec<&str> = KINDS.iter().map(|kind| kind.example).collect();
    match examples.as_slice() {
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
        [] => String::new(),
    }
}

/// For which markup texts are escaped: as `escape` says, else as is usual for what the destination is; and whether that is
/// guessed, which is told then.
fn markup(rows: &mut Rows<'_>, node: &Node, kind: &ReceiverKind) -> (Option<Markup>, bool) {
    let words: Vec<_> =
        Markup::ALL.iter().map(|(word, markup)| (*word, Some(*markup))).chain([("none", None)]).collect();
    if let Some(escape) = node.get("escape") {
        return (rows.reader.one_of(escape, "`escape`", &words).flatten(), false);
    }
    match (kind.markup)(node) {
        Usual::Is(markup) => (Some(markup), false),
        Usual::Guessed(markup) => (Some(markup), true),
        Usual::None => (None, false),
    }
}
