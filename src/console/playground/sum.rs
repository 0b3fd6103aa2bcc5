//! Shows what came of recorded requests that were decided again: tiles, and lists by what differs.

use maud::{Markup, html};

use crate::console::parts::{State, empty, notice, tile};
use crate::console::rules::link;
use crate::report::records::{Group, Sum};

/// Groups, and people or requests of a group, that are shown.
const GROUPS_SHOWN: usize = 100;
const NAMES_SHOWN: usize = 50;

/// What came of the job.
#[derive(Debug)]
pub(super) struct Replayed {
    pub sum: Sum,
    /// The file that was edited; none where the rules are as they are in force.
    pub edited_file: Option<String>,
    pub is_in_force: bool,
}

/// The whole of it.
pub(super) fn shown(replayed: &Replayed) -> Markup {
    let Replayed { sum, edited_file, is_in_force } = replayed;
    let all = sum.same + sum.differ + sum.cannot;
    html! {
        p {
            (crate::report::counted(all, "request")) " decided again by the rules "
            @if *is_in_force { "in force" } @else { "of the folder" }
            @if let Some(file) = edited_file { ", with your text of " code { (file) } }
            ", and compared with what was answered then."
        }
        @if all == 0 { (empty("no request is recorded", "send some first; they are recorded as they come")) }
        div.tiles {
            (tile(&sum.same.to_string(), "requests", "come out the same", State::Well))
            (tile(&sum.differ.to_string(), "requests", &format!("differ ({:.2} %)", sum.share()), if sum.differ > 0 { State::Warning } else { State::Plain }))
            (tile(&sum.cannot.to_string(), "requests", "are not decidable", State::Plain))
            @if sum.by_another_rule > 0 { (tile(&sum.by_another_rule.to_string(), "requests", "the same, by another rule", State::Plain)) }
            @if sum.unreadable_count > 0 { (tile(&sum.unreadable_count.to_string(), "lines", "cannot be read", State::Warning)) }
        }
        @for (table, count) in &sum.changed_tables {
            (notice(State::Plain, &format!("`{table}` answers otherwise now in {count} requests; they were decided with what it said then"), ""))
        }
        h2 { "What differs" }
        @if sum.differences.is_empty() { (empty("nothing differs", "")) }
        @for (kind, group) in sum.differences.iter().take(GROUPS_SHOWN) {
            (listed(&format!("{}: {}", kind.hook, kind.told(group.count)), group, true))
        }
        @if sum.differences.len() > GROUPS_SHOWN { p.help { "and " (sum.differences.len() - GROUPS_SHOWN) " more kinds of differences; `hookgate replay --format json` has all" } }
        h2 { "What is not decidable" }
        @if sum.reasons.is_empty() { (empty("every request could be decided again", "")) }
        @for ([hook, rule, why], group) in sum.reasons.iter().take(GROUPS_SHOWN) {
            (listed(&format!("{hook} {rule}: {}, {why}", group.count), group, false))
        }
    }
}

/// A group: what it has in common, whom it is about, and which requests they are.
fn listed(title: &str, group: &Group, is_open: bool) -> Markup {
    html! {
        details open[is_open] {
            summary { bdi { (title) } }
            @if !group.people.is_empty() {
                p { "People: "
                    @for (n, person) in group.people.iter().take(NAMES_SHOWN).enumerate() { @if n > 0 { ", " } bdi { (person) } }
                    @if group.people.len() > NAMES_SHOWN { " and " (group.people.len() - NAMES_SHOWN) " more" }
                }
            }
            p { "Open in the playground: "
                @for (n, id) in group.requests.iter().take(NAMES_SHOWN).enumerate() {
                    @if n > 0 { ", " } a.mono href=(link("playground", &[("record", id)])) { (id) }
                }
                @if group.requests.len() > NAMES_SHOWN { " and " (group.requests.len() - NAMES_SHOWN) " more" }
            }
        }
    }
}
