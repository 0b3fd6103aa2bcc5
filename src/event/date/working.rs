//! Working days: the days of the week on which people work, without the holidays.

use std::sync::Arc;

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};

/// From where days are counted, a Monday.
const MONDAY: Date = Date::constant(1969, 12, 29);

/// Which days are worked on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkingDays {
    /// Whether each day of the week is free, from Monday on. Never all of them.
    is_free: [bool; 7],
    holidays: Arc<Holidays>,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Holidays {
    days: Vec<Date>,
    /// As they are written, in their order.
    written: Vec<String>,
    /// Those on which people would work otherwise, as days from that Monday on, in their order.
    numbers: Vec<i64>,
}

impl WorkingDays {
    /// The days of the week by the words of gateway.yaml, from Monday on.
    pub const WEEK: [(&'static str, Weekday); 7] = [
        ("mon", Weekday::Monday),
        ("tue", Weekday::Tuesday),
        ("wed", Weekday::Wednesday),
        ("thu", Weekday::Thursday),
        ("fri", Weekday::Friday),
        ("sat", Weekday::Saturday),
        ("sun", Weekday::Sunday),
    ];

    /// Monday to Friday, no holidays.
    #[must_use]
    pub fn standard() -> Self {
        let is_free = [false, false, false, false, false, true, true];
        Self { is_free, holidays: Arc::default() }
    }

    /// All days but those of the weekend and the holidays; `None` where the weekend is all of the week.
    #[must_use]
    pub fn new(weekend: &[Weekday], holidays: &[Date]) -> Option<Self> {
        let is_free = Self::WEEK.map(|(_, day)| weekend.contains(&day));
        if is_free.iter().all(|is_free| *is_free) {
            return None;
        }
        let mut holidays = holidays.to_vec();
        holidays.sort_unstable();
        holidays.dedup();
        let is_worked = |day: &&Date| !weekend.contains(&day.weekday());
        let numbers = holidays.iter().filter(is_worked).map(|day| number(*day)).collect();
        let written = holidays.iter().map(Date::to_string).collect();
        Some(Self { is_free, holidays: Arc::new(Holidays { days: holidays, written, numbers }) })
    }

    /// The same with another weekend; `None` where that is all of the week.
    #[must_use]
    pub fn with_weekend(&self, weekend: &[Weekday]) -> Option<Self> {
        Self::new(weekend, &self.holidays.days)
    }

    /// The same with other holidays.
    #[must_use]
    pub fn with_holidays(&self, holidays: &[Date]) -> Option<Self> {
        let week = Self::WEEK.iter().zip(self.is_free).filter(|(_, is_free)| *is_free);
        Self::new(&week.map(|((_, day), _)| *day).collect::<Vec<_>>(), holidays)
    }

    /// The free days of the week, by their words.
    #[must_use]
    pub fn weekend(&self) -> Vec<&'static str> {
        let week = Self::WEEK.iter().zip(self.is_free);
        week.filter(|(_, is_free)| *is_free).map(|((word, _), _)| *word).collect()
    }

    /// Whether Saturday and Sunday are free, and no other day.
    #[must_use]
    pub fn has_standard_weekend(&self) -> bool {
        self.is_free == Self::standard().is_free
    }

    /// The holidays as `2026-01-31`, in their order.
    #[must_use]
    pub fn holidays(&self) -> &[String] {
        &self.holidays.written
    }

    /// The word for a day of the week.
    #[must_use]
    pub fn word(day: Weekday) -> &'static str {
        Self::WEEK.iter().find(|(_, known)| *known == day).map_or("", |(word, _)| word)
    }

    /// How many working days there are after one day, up to and with another; where that lies before the first, how many
    /// there are from it on before the first, below zero.
    #[must_use]
    pub fn between(&self, from: Date, to: Date) -> i64 {
        let (from, to) = (number(from), number(to));
        match to >= from {
            true => self.up_to(to) - self.up_to(from),
            false => self.up_to(to - 1) - self.up_to(from - 1),
        }
    }

    /// The working day so many of them after a day, or before it below zero; `None` beyond the calendar.
    #[must_use]
    pub fn moved(&self, from: Date, amount: i64) -> Option<Date> {
        let start = number(from);
        if amount == 0 {
            return Some(from);
        }
        // The working day that is wanted is the first up to which there are so many.
        let wanted = match amount > 0 {
            true => self.up_to(start) + amount,
            false => self.up_to(start - 1) + amount + 1,
        };
        let (mut below, mut at) = (number(Date::MIN) - 1, number(Date::MAX));
        if self.up_to(at) < wanted || self.up_to(below) >= wanted {
            return None;
        }
        while at - below > 1 {
            let middle = below + (at - below) / 2;
            if self.up_to(middle) < wanted { below = middle } else { at = middle }
        }
        MONDAY.checked_add(at.days()).ok()
    }

    /// How many working days there are from that Monday on up to a day, below zero before it.
    fn up_to(&self, number: i64) -> i64 {
        let of_week = |days: usize| self.is_free.iter().take(days).map(|is_free| i64::from(!is_free)).sum::<i64>();
        let days = usize::try_from(number.rem_euclid(7)).unwrap_or(0) + 1;
        let all = number.div_euclid(7) * of_week(7) + of_week(days);
        let holidays = self.holidays.numbers.partition_point(|holiday| *holiday <= number);
        all - i64::try_from(holidays).unwrap_or(i64::MAX)
    }
}

fn number(day: Date) -> i64 {
    i64::from((day - MONDAY).get_days())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days() -> Vec<WorkingDays> {
        let holidays: Vec<Date> =
            ["2026-01-01", "2026-01-26", "2026-01-27", "2026-02-01"].iter().map(|day| day.parse().unwrap()).collect();
        let weekends: [&[Weekday]; 4] = [
            &[Weekday::Saturday, Weekday::Sunday],
            &[Weekday::Friday],
            &[],
            &[
                Weekday::Monday,
                Weekday::Tuesday,
                Weekday::Thursday,
                Weekday::Friday,
                Weekday::Saturday,
                Weekday::Sunday,
            ],
        ];
        let sets = [&[][..], &holidays];
        let all = weekends.iter().flat_map(|weekend| sets.map(|holidays| WorkingDays::new(weekend, holidays).unwrap()));
        all.chain([WorkingDays::standard()]).collect()
    }

    fn is_worked(days: &WorkingDays, day: Date) -> bool {
        !days.weekend().contains(&WorkingDays::word(day.weekday())) && !days.holidays().contains(&day.to_string())
    }

    #[test]
    fn the_standard_weekend_is_saturday_and_sunday_whatever_the_holidays() {
        let standard: Vec<bool> = days().iter().map(WorkingDays::has_standard_weekend).collect();
        assert_eq!(standard, [true, true, false, false, false, false, false, false, true]);
    }

    /// Counted one by one, they are the same.
    #[test]
    fn working_days_are_those_that_are_counted_one_by_one() {
        let first: Date = "2025-12-20".parse().unwrap();
        let all: Vec<Date> = (0..60).map(|n: i64| first.checked_add(n.days()).unwrap()).collect();
        for days in days() {
            for (a, from) in all.iter().enumerate() {
                for (b, to) in all.iter().enumerate() {
                    let worked = |days_there: &[Date]| {
                        i64::try_from(days_there.iter().filter(|day| is_worked(&days, **day)).count()).unwrap()
                    };
                    let counted = if b >= a { worked(&all[a + 1..=b]) } else { -worked(&all[b..a]) };
                    assert_eq!(days.between(*from, *to), counted, "{from} to {to}: {days:?}");
                    if is_worked(&days, *to) {
                        let moved = days.moved(*from, counted);
                        assert_eq!(moved, Some(*to), "{from} by {counted}: {days:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_lies_beyond_the_calendar_is_none() {
        for days in days() {
            assert_eq!(days.moved(Date::MAX, 1), None);
            assert_eq!(days.moved(Date::MIN, -1), None);
            assert_eq!(days.moved("2026-01-10".parse().unwrap(), 10_000_000), None);
            assert_eq!(days.moved("2026-01-10".parse().unwrap(), 0), Some("2026-01-10".parse().unwrap()));
        }
        let week: Vec<Weekday> = WorkingDays::WEEK.iter().map(|(_, day)| *day).collect();
        assert_eq!(WorkingDays::new(&week, &[]), None);
    }
}
