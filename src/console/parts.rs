//! Parts that several pages share: empty lists, states, times, tiles, tables that scroll.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::frame::sentence;

/// A state, which alone has a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// All is well.
    Well,
    /// Somebody should look at it.
    Warning,
    /// It does not work.
    Bad,
    /// Neither.
    Plain,
}

impl State {
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Well => "state well",
            Self::Warning => "state warning",
            Self::Bad => "state bad",
            Self::Plain => "state",
        }
    }
}

/// A word in the colour of its state.
pub(super) fn state(state: State, word: &str) -> Markup {
    html! { span class=(state.class()) { (word) } }
}

/// Nothing is in a list: why, and what to do.
pub(super) fn empty(why: &str, help: &str) -> Markup {
    html! { div.empty { p { (sentence(why)) } @if !help.is_empty() { p.help { (sentence(help)) } } } }
}

/// A message about what was done or is wrong.
pub(super) fn notice(is: State, message: &str, help: &str) -> Markup {
    let role = if is == State::Bad { "alert" } else { "status" };
    html! {
        div class={ "notice " (is.class()) } role=(role) {
            p { (sentence(message)) }
            @if !help.is_empty() { p.help { (sentence(help)) } }
        }
    }
}

/// A number with what it is.
pub(super) fn tile(value: &str, unit: &str, name: &str, is: State) -> Markup {
    html! {
        div.tile {
            div class={ "value " (is.class()) } { (value) @if !unit.is_empty() { span.unit { " " (unit) } } }
            div.name { (name) }
        }
    }
}

/// A table that scrolls by itself where it is too wide.
pub(super) fn wide(label: &str, table: &Markup) -> Markup {
    html! { div.wide role="region" aria-label=(label) tabindex="0" { (table) } }
}

/// A time in the zone of gateway.yaml, to the second, with the zone for those who point at it.
pub(super) fn time(time: Timestamp, zone: &TimeZone) -> Markup {
    let zoned = time.to_zoned(zone.clone());
    let shown = zoned.strftime("%Y-%m-%d %H:%M:%S").to_string();
    html! { time datetime=(time.to_string()) title=(zoned.strftime("%Y-%m-%d %H:%M:%S %:z").to_string()) { (shown) } }
}

/// How long something is ago, or took: `3 s`, `12 min`, `5 h`, `9 days`.
pub(super) fn duration(seconds: i64) -> String {
    match seconds {
        ..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// What stands in place of a personal value that is not shown.
pub(super) const PERSONAL: &str = "(personal)";

/// A whole number with its thousands apart: `12,345`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A time with as many digits as matter: `0.25 ms`, `3.1 ms`, `250 ms`.
pub(super) fn milliseconds(time: f64) -> String {
    match time {
        ..1.0 => format!("{time:.2} ms"),
        1.0..10.0 => format!("{time:.1} ms"),
        _ => format!("{time:.0} ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_are_read_at_a_glance() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([0.254, 3.12, 250.4].map(milliseconds), ["0.25 ms", "3.1 ms", "250 ms"]);
    }

    #[test]
    fn durations_have_units_that_fit() {
        let shown = [0, 119, 120, 7_199, 7_200, 172_799, 172_800].map(duration);
        assert_eq!(shown, ["0 s", "119 s", "2 min", "119 min", "2 h", "47 h", "2 days"]);
    }
}
