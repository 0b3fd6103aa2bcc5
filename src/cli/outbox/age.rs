//! Formats times for people: how long ago, how soon.

use jiff::Timestamp;

use crate::outbox::Row;

/// A length of time in its largest unit: `45 s`, `12 min`, `5 h`, `3 d`.
pub(super) fn span(milliseconds: i64) -> String {
    let seconds = milliseconds.max(0) / 1_000;
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// When a delivery is sent next; nothing of a dead letter.
pub(super) fn next(row: &Row, now_ms: i64) -> Option<String> {
    match row.due_ms - now_ms {
        _ if row.is_dead => None,
        wait if wait > 0 => Some(format!("in {}", span(wait))),
        _ => Some("now".to_owned()),
    }
}

/// A time as it is written (RFC 3339).
pub(super) fn time(milliseconds: i64) -> Option<String> {
    Timestamp::from_millisecond(milliseconds).ok().map(|time| time.to_string())
}

/// The state in a word, as `--where state=` takes it.
pub(super) fn state(row: &Row) -> &'static str {
    if row.is_dead { "dead" } else { "waiting" }
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn a_span_is_told_in_its_largest_unit() {
        let told = [-5, 0, 119_999, 120_000, 7_199_999, 7_200_000, 172_800_000, 86_400_000 * 365].map(span);
        assert_eq!(told, ["0 s", "0 s", "119 s", "2 min", "119 min", "2 h", "2 d", "365 d"]);
    }
}
