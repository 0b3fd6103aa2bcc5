//! The last hour by hook: requests a minute, what became of them, how long they took.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::chart;
use crate::console::parts::{State, empty, grouped, milliseconds, wide};
use crate::telemetry::metrics::{ByHook, HookCounts, Minute};

/// What counts as gone well.
const WELL: &str = "answered";

/// The hour of one hook, or of all of them together.
#[derive(Default)]
struct Row {
    minutes: Vec<HookCounts>,
    sum: HookCounts,
}

impl Row {
    fn push(&mut self, counts: &HookCounts) {
        self.sum.add(counts);
        self.minutes.push(counts.clone());
    }
}

/// All hooks together; with `by_hook` also each hook by its name.
pub(super) fn part(minutes: &[Minute], by_hook: bool) -> Markup {
    let mut all = Row::default();
    let mut hooks: BTreeMap<&str, Row> = BTreeMap::new();
    for minute in minutes {
        all.push(&sum(&minute.hooks));
        for (hook, counts) in minute.hooks.iter().filter(|_| by_hook) {
            hooks.entry(hook).or_default().push(counts);
        }
    }
    let (mut called, quiet): (Vec<_>, Vec<_>) = hooks.iter().partition(|(_, row)| row.sum.requests() > 0);
    called.sort_by_key(|(_, row)| std::cmp::Reverse(row.sum.requests()));
    html! {
        h2 { "Last hour" }
        @if all.sum.requests() == 0 {
            (empty(
                "no request has come in the last hour, or since hookgate started",
                "see Set up, which says what to type into the platform's screen and tries it",
            ))
        } @else {
            (wide("Requests of the last hour", &html! {
                table.hour {
                    thead { tr {
                        th scope="col" { "Hook" }
                        th scope="col" { "Requests a minute" }
                        th.number scope="col" { "Requests" }
                        th scope="col" { "What became of them" }
                        th scope="col" { "Time to the answer" }
                        th.number scope="col" { "Median" }
                        th.number scope="col" { "99 of 100" }
                    } }
                    tbody {
                        (row("All hooks", &all))
                        @for (name, hook) in called { (row(name, hook)) }
                    }
                }
            }))
            @if !quiet.is_empty() {
                p.soft { "No request in the last hour: " (quiet.iter().map(|(name, _)| **name).collect::<Vec<_>>().join(", ")) "." }
            }
        }
    }
}

fn row(name: &str, Row { minutes, sum }: &Row) -> Markup {
    let well = |counts: &HookCounts| counts.outcomes.get(WELL).copied().unwrap_or(0);
    let counts: Vec<(u64, u64)> =
        minutes.iter().map(|counts| (well(counts), counts.requests().saturating_sub(well(counts)))).collect();
    let most = counts.iter().map(|(well, bad)| well + bad).max().unwrap_or(0);
    let newest = counts.last().map_or(0, |(well, bad)| well + bad);
    let (requests, bad) = (sum.requests(), sum.requests().saturating_sub(well(sum)));
    let label = format!(
        "{name}: {} requests in the last hour, {} of them not answered; at most {} in a minute, {} in the minute that goes on",
        grouped(requests),
        grouped(bad),
        grouped(most),
        grouped(newest),
    );
    let of = |part: f64| minutes.iter().map(|counts| counts.quantile_ms(part)).collect::<Vec<_>>();
    let (median, slow) = (of(0.5), of(0.99));
    let slowest = slow.iter().flatten().copied().fold(0.0, f64::max);
    let shown = |part: f64| sum.quantile_ms(part).map(milliseconds).unwrap_or_default();
    let times = format!(
        "{name}: half of the requests within {}, 99 of 100 within {}; in the slowest minute {}",
        shown(0.5),
        shown(0.99),
        milliseconds(slowest),
    );
    html! {
        tr {
            th scope="row" { span.cut title=(name) { (name) } }
            td { (chart::bars(&counts, &label)) }
            td.number { (grouped(requests)) }
            td { (outcomes(sum)) }
            td { @if requests > 0 { (chart::lines(&median, &slow, &times)) } }
            td.number { (shown(0.5)) }
            td.number { (shown(0.99)) }
        }
    }
}

/// What was decided, and what was not answered.
fn outcomes(sum: &HookCounts) -> Markup {
    let words = |counts: &BTreeMap<&'static str, u64>, leave: &[&str]| -> Vec<(&'static str, u64)> {
        counts.iter().filter(|(word, count)| **count > 0 && !leave.contains(word)).map(|(w, c)| (*w, *c)).collect()
    };
    html! {
        @for (word, count) in words(&sum.verdicts, &[]) {
            span.count { (grouped(count)) " " (verdict(word)) } " "
        }
        @for (word, count) in words(&sum.outcomes, &[WELL]) {
            span class={ "count " (State::Bad.class()) } { (grouped(count)) " " (word) } " "
        }
    }
}

/// A verdict in words for those who do not know the metric.
fn verdict(word: &'static str) -> &'static str {
    match word {
        "undecided" => "without a deciding rule",
        "failed" => "with a failed rule",
        other => other,
    }
}

fn sum(hooks: &ByHook) -> HookCounts {
    let mut all = HookCounts::default();
    hooks.values().for_each(|counts| all.add(counts));
    all
}
