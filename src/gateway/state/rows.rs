//! How many rows a table has, and the most it had lately; losses in small steps are compared with that.

use jiff::{SignedDuration, Timestamp};

/// How long a larger number of rows is remembered: steps of a broken export are hours apart, people leave over months.
const LATELY_DAYS: i64 = 30;

/// Rows of a table in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rows {
    pub now: usize,
    /// The most it had lately, at least as many as now.
    pub most: usize,
    /// When it fell below that; `None` while it has that many.
    pub fell_at: Option<Timestamp>,
}

impl Rows {
    /// Of a table of which nothing from before counts.
    pub fn new(rows: usize) -> Self {
        Self { now: rows, most: rows, fell_at: None }
    }

    /// As they count at `at`: what was long ago does not, unless the table `is_kept`, for time makes no file right.
    pub fn lately(self, at: Timestamp, is_kept: bool) -> Self {
        let is_over = |fell: Timestamp| at.duration_since(fell) > SignedDuration::from_hours(24 * LATELY_DAYS);
        if !is_kept && self.fell_at.is_some_and(is_over) { Self::new(self.now) } else { self }
    }

    /// The same table with so many rows from `at` on.
    pub fn then(self, rows: usize, at: Timestamp) -> Self {
        if rows >= self.most {
            return Self::new(rows);
        }
        Self { now: rows, most: self.most, fell_at: self.fell_at.or(Some(at)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(days: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * days)
    }

    #[test]
    fn the_most_rows_count_until_they_are_reached_again_or_thirty_days_have_passed() {
        let fallen = Rows::new(100).then(85, day(1)).then(82, day(9));
        assert_eq!(fallen, Rows { now: 82, most: 100, fell_at: Some(day(1)) });
        assert_eq!(fallen.then(99, day(10)), Rows { now: 99, ..fallen });
        assert_eq!(fallen.then(100, day(10)), Rows::new(100));
        assert_eq!(fallen.then(101, day(10)), Rows::new(101));
        for (days, is_kept, is_past) in [(31, false, false), (32, false, true), (32, true, false), (0, false, false)] {
            let expected = if is_past { Rows::new(82) } else { fallen };
            assert_eq!(fallen.lately(day(days), is_kept), expected, "{days}");
        }
    }

    /// A company that loses two of a hundred each month is never held up, one row a day is, and big steps are.
    #[test]
    fn slow_shrinking_passes_and_a_series_of_steps_does_not() {
        let lowest = |every_days: i64, percent: usize| {
            let (mut rows, mut at) = (Rows::new(1_000), 0);
            while rows.now > 10 {
                at += every_days;
                let (next, lately) = (rows.now - rows.now.div_ceil(100 / percent), rows.lately(day(at), false));
                if next * 10 < lately.most * 8 {
                    break;
                }
                rows = lately.then(next, day(at));
            }
            rows.now
        };
        assert!(lowest(30, 2) <= 50 && lowest(7, 2) <= 50);
        assert!(lowest(1, 2) >= 800 && lowest(1, 10) >= 800 && lowest(0, 10) >= 800);
    }
}
