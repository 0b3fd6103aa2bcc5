//! How many rows a table has at least, and how many it may lose at once.

use crate::diagnostic::Place;

/// What a lookup says of the number of its table's rows.
#[derive(Clone, Debug, Default)]
pub struct TableSize {
    /// Fewer rows are a mistake; and where that is written.
    pub at_least: Option<(usize, Place)>,
    /// How many of its rows the table may lose at once; `None`: as gateway.yaml says.
    pub shrink: Option<Shrink>,
}

/// How many of its rows a table may lose from one load to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shrink {
    /// So many of a hundred, 0 to 100, and never all of them.
    Percent(u8),
    /// Any number, even all.
    Any,
}

impl Shrink {
    /// What is said where a text is none.
    pub const HELP: &'static str = "write a share, such as `20%`, or `any` for a table that may lose all of its rows";

    /// `0%` to `100%`, or `any`.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        if text == "any" {
            return Some(Shrink::Any);
        }
        let digits = text.strip_suffix('%')?.trim_end();
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|percent| is_number && *percent <= 100).map(Shrink::Percent)
    }

    /// Whether a table with so many rows before may have so many now.
    #[must_use]
    pub fn allows(self, before: usize, now: usize) -> bool {
        match self {
            Shrink::Any => true,
            Shrink::Percent(_) if now == 0 => before == 0,
            Shrink::Percent(percent) => {
                let lost = before.saturating_sub(now) as u128;
                lost * 100 <= before as u128 * u128::from(percent)
            }
        }
    }

    /// The fewest rows that are allowed behind so many.
    #[must_use]
    pub fn fewest(self, before: usize) -> usize {
        match self {
            Shrink::Any => 0,
            Shrink::Percent(percent) => {
                let may_be_lost = before as u128 * u128::from(percent) / 100;
                before.saturating_sub(usize::try_from(may_be_lost).unwrap_or(before)).max(before.min(1))
            }
        }
    }
}

impl std::fmt::Display for Shrink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Shrink::Percent(percent) => write!(f, "{percent}%"),
            Shrink::Any => f.write_str("any"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_a_whole_number_of_percent_or_any() {
        for (text, read) in [
            ("20%", Some(Shrink::Percent(20))),
            ("0%", Some(Shrink::Percent(0))),
            ("100%", Some(Shrink::Percent(100))),
            ("20 %", Some(Shrink::Percent(20))),
            ("any", Some(Shrink::Any)),
            ("20", None),
            ("101%", None),
            ("-1%", None),
            ("+1%", None),
            ("2.5%", None),
            ("%", None),
            ("", None),
            ("all", None),
        ] {
            assert_eq!(Shrink::read(text), read, "{text}");
            if let Some(read) = read.filter(|_| !text.contains(' ')) {
                assert_eq!(read.to_string(), text);
            }
        }
    }

    /// What is allowed is what is at least the fewest, at every share and size; the emptiness of a table that had rows never is.
    #[test]
    fn the_fewest_rows_are_the_border_of_what_is_allowed() {
        for before in [0, 1, 2, 3, 7, 10, 99, 100, 1_000, usize::MAX] {
            for percent in 0..=100 {
                let share = Shrink::Percent(percent);
                let fewest = share.fewest(before);
                assert!(share.allows(before, fewest), "{before} {percent}");
                assert!(fewest == 0 || !share.allows(before, fewest - 1), "{before} {percent}");
                assert!(share.allows(before, before));
                assert_eq!(share.allows(before, 0), before == 0, "{before} {percent}");
            }
            assert!(Shrink::Any.allows(before, 0));
        }
        let share = Shrink::Percent(20);
        assert!(share.allows(1_000, 800) && !share.allows(1_000, 799));
    }
}
