//! Charts of an hour as SVG, made here: one minute a point, with a text that says the same.

use std::fmt::Write as _;

use maud::{Markup, html};

use crate::telemetry::metrics::MINUTES;

/// Size of a chart, in units of its own; the style sheet says how large it is on the page.
const HEIGHT: f64 = 36.0;
const STEP: f64 = 4.0;

/// Bars, in each of them first what went well and then what did not. The newest minute is at the right end.
pub(super) fn bars(minutes: &[(u64, u64)], label: &str) -> Markup {
    let most = minutes.iter().map(|(well, bad)| well + bad).max().unwrap_or(0).max(1);
    let height = |count: u64| HEIGHT * ratio(count, most);
    let (mut well_path, mut bad_path) = (String::new(), String::new());
    for (x, (well, bad)) in places(minutes.len()).zip(minutes) {
        let top = HEIGHT - height(*well);
        if *well > 0 {
            let _ = write!(well_path, "M{x} {HEIGHT}V{top:.1}");
        }
        if *bad > 0 {
            // One that is hardly to be seen beside the others is seen all the same.
            let _ = write!(bad_path, "M{x} {top:.1}V{:.1}", (top - height(*bad).max(1.5)).max(0.0));
        }
    }
    drawn(
        label,
        &html! {
            @if !well_path.is_empty() { path.bar d=(well_path) {} }
            @if !bad_path.is_empty() { path.bar.bad d=(bad_path) {} }
        },
    )
}

/// Two lines in one scale, the second above the first; a minute without a value is a gap.
pub(super) fn lines(lower: &[Option<f64>], upper: &[Option<f64>], label: &str) -> Markup {
    let most = lower.iter().chain(upper).flatten().copied().fold(0.001, f64::max);
    let path = |values: &[Option<f64>]| {
        let (mut path, mut is_drawing) = (String::new(), false);
        for (x, value) in places(values.len()).zip(values) {
            if let Some(value) = value {
                let y = HEIGHT - 1.0 - (HEIGHT - 2.0) * (value / most).clamp(0.0, 1.0);
                let command = if is_drawing { 'L' } else { 'M' };
                // A single minute is a dot: a line of no length with round ends.
                let dot = if is_drawing { "" } else { "h0" };
                let _ = write!(path, "{command}{x} {y:.1}{dot}");
            }
            is_drawing = value.is_some();
        }
        path
    };
    drawn(label, &html! { path.line.lower d=(path(lower)) {} path.line d=(path(upper)) {} })
}

/// Where each of so many minutes stands, the last at the right end.
fn places(count: usize) -> impl Iterator<Item = f64> {
    let first = MINUTES.saturating_sub(count);
    (first..first + count).map(|minute| whole(minute as u64) * STEP + STEP / 2.0)
}

fn drawn(label: &str, inside: &Markup) -> Markup {
    let width = whole(MINUTES as u64) * STEP;
    html! {
        svg.chart role="img" aria-label=(label) viewBox={ "0 0 " (width) " " (HEIGHT) } preserveAspectRatio="none" {
            title { (label) }
            path.base d={ "M0 " (HEIGHT) "H" (width) } {}
            (inside)
        }
    }
}

fn ratio(part: u64, whole_of: u64) -> f64 {
    whole(part) / whole(whole_of)
}

#[expect(clippy::cast_precision_loss, reason = "a chart needs fewer digits than a float has")]
fn whole(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_minute_stands_at_the_right_end_and_the_highest_reaches_the_top() {
        let drawn = bars(&[(5, 0), (0, 0), (10, 0)], "three minutes").0;
        assert!(drawn.contains(r#"d="M230 36V18.0M238 36V0.0""#), "{drawn}");
        assert!(!drawn.contains("bad"), "{drawn}");
        assert!(drawn.contains(r#"aria-label="three minutes""#) && drawn.contains("<title>three minutes</title>"));
    }

    #[test]
    fn one_refused_call_among_many_is_seen() {
        let drawn = bars(&[(100_000, 1)], "many").0;
        assert!(drawn.contains(r#"class="bar bad""#) && drawn.contains("M238 0.0V0.0"), "{drawn}");
        let drawn = bars(&[(100_000, 0), (50_000, 1)], "many").0;
        assert!(drawn.contains("M238 18.0V16.5"), "{drawn}");
    }

    #[test]
    fn a_minute_without_a_value_is_a_gap() {
        let drawn = lines(&[Some(1.0), None, Some(2.0), Some(1.0)], &[None, None, None, None], "times").0;
        assert!(drawn.contains(r#"d="M226 18.0h0M234 1.0h0L238 18.0""#), "{drawn}");
    }
}
