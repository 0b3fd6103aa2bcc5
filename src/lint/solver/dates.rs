//! What one test of a date says of another: whoever is 30 days over is over.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::key::of_base;
use crate::event::date::{Offset, Start, Unit, Written};
use crate::rule::{Base, Comparator, DateOperand, Operator, Property, Side};

/// Days after which a day is over in every zone and whatever the clocks did.
const SURE_DAYS: i64 = 2;

/// Whether the other test holds of every value of which this one does; `Some(false)`: it holds of none of them. Both are
/// taken without their negation.
pub fn consequence(this: &Operator, other: &Operator) -> Option<bool> {
    match (&this.comparator, &other.comparator) {
        (
            Comparator::Date(..) | Comparator::Property(Property::Over, _),
            Comparator::Property(Property::IsDate, wanted),
        ) => Some(*wanted),
        (Comparator::Property(one, wanted), Comparator::Property(two, other)) if one == two && one.is_of_dates() => {
            Some(wanted == other)
        }
        (Comparator::Date(side, moment), Comparator::Property(Property::Over, wanted)) => {
            is_over(*side, moment).map(|is_over| is_over == *wanted)
        }
        (Comparator::Property(Property::Over, wanted), Comparator::Date(side, moment)) => {
            let is_over = is_over(*side, moment)?;
            (is_over != *wanted).then_some(false)
        }
        (Comparator::Date(side, moment), Comparator::Date(other_side, other)) => {
            between((*side, moment), (*other_side, other))
        }
        _ => None,
    }
}

/// Whether a value on this side of the moment is over, or certainly not; `None` where it may be either.
fn is_over(side: Side, moment: &DateOperand) -> Option<bool> {
    let Base::Start(start) = &moment.base else { return None };
    let days = moment.offset.map_or(Some(0), sure_days)?;
    match (side, start) {
        (Side::Before, Start::Now | Start::Today) => (days <= -SURE_DAYS).then_some(true),
        (Side::After, Start::Now) => (days >= 0).then_some(false),
        (Side::After, Start::Today) => (days >= SURE_DAYS).then_some(false),
    }
}

/// So many days at least, in its direction.
fn sure_days(offset: Offset) -> Option<i64> {
    match offset.unit {
        Unit::Day | Unit::WorkingDay => Some(offset.amount),
        Unit::Week => Some(offset.amount * 7),
        Unit::Month => Some(offset.amount * 28),
        Unit::Year => Some(offset.amount * 365),
        // A part of a day is a step all the same.
        Unit::Hour if offset.amount < 0 => Some((offset.amount / 25).min(-1)),
        Unit::Hour => Some(offset.amount / 25),
        Unit::Second | Unit::Minute => None,
    }
}

/// Two moments that are counted from one time in one unit, or are written out, have an order.
fn between((side, moment): (Side, &DateOperand), (other_side, other): (Side, &DateOperand)) -> Option<bool> {
    let (distance, other_distance) = distances(moment, other).or_else(|| days(moment, other))?;
    match (side, other_side) {
        (Side::Before, Side::Before) => (distance <= other_distance).then_some(true),
        (Side::After, Side::After) => (distance >= other_distance).then_some(true),
        (Side::Before, Side::After) => (distance <= other_distance).then_some(false),
        (Side::After, Side::Before) => (distance >= other_distance).then_some(false),
    }
}

fn distances(moment: &DateOperand, other: &DateOperand) -> Option<(i64, i64)> {
    let amount = |offset: Option<Offset>| offset.map_or(0, |offset| offset.amount);
    let is_one_unit = match (moment.offset, other.offset) {
        (Some(one), Some(two)) => one.unit == two.unit,
        _ => true,
    };
    let is_one_base = of_base(&moment.base) == of_base(&other.base);
    (is_one_unit && is_one_base).then(|| (amount(moment.offset), amount(other.offset)))
}

/// Two dates that are written out, in days, where their order is the same in every zone.
fn days(moment: &DateOperand, other: &DateOperand) -> Option<(i64, i64)> {
    let (one, is_day) = written_day(moment)?;
    let (two, is_other_day) = written_day(other)?;
    let days = i64::from(one.until((jiff::Unit::Day, two)).ok()?.get_days());
    (is_day && is_other_day || days.abs() > SURE_DAYS).then_some((0, days))
}

/// The day of a date that is written out, and whether it is one in the zone of the event.
fn written_day(moment: &DateOperand) -> Option<(Date, bool)> {
    let Base::Written(written, _) = &moment.base else { return None };
    let utc = |at: Timestamp| TimeZone::UTC.to_datetime(at).date();
    match written {
        _ if moment.offset.is_some() => None,
        Written::Day(date) => Some((*date, true)),
        Written::DayElsewhere { date, .. } => Some((*date, false)),
        Written::Time(at) => Some((at.date(), false)),
        Written::Point(at) | Written::Count(at) => Some((utc(*at), false)),
        Written::Last => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::event::Calendar;
    use crate::event::date::Moment as At;

    /// Points and days around a moment, the days also in zones of their own.
    fn around(now: Timestamp, calendar: &Calendar) -> Vec<At> {
        let mut all = vec![At::Last];
        for hours in -120..120 {
            let at = now + SignedDuration::from_hours(hours);
            all.push(At::Point(at));
            let of_zone = |zone: &TimeZone| {
                let date: Date = at.to_zoned(zone.clone()).date();
                let begin = |date: Date| date.to_zoned(zone.clone()).unwrap().timestamp();
                (date, begin(date), begin(date.tomorrow().unwrap()))
            };
            let (date, begin, _) = of_zone(&calendar.zone);
            all.push(At::Day { date, begin, end: None });
            for own in [-12, 14] {
                let (date, begin, end) = of_zone(&TimeZone::fixed(jiff::tz::offset(own)));
                all.push(At::Day { date, begin, end: Some(end) });
            }
        }
        all
    }

    /// Also across the hours at which clocks are changed.
    #[test]
    fn what_is_claimed_of_a_day_that_is_over_is_so() {
        let mut claims = 0;
        for zone in ["UTC", "Asia/Kolkata", "Europe/Berlin", "America/New_York"] {
            let calendar = Calendar { zone: TimeZone::get(zone).unwrap(), ..Calendar::utc() };
            for now in ["2026-03-30T00:30:00Z", "2026-03-29T22:10:00Z", "2026-10-26T03:30:00Z", "2026-06-15T12:00:00Z"]
            {
                let now: Timestamp = now.parse().unwrap();
                let values = around(now, &calendar);
                let units = [Unit::Hour, Unit::Day, Unit::WorkingDay, Unit::Week, Unit::Month];
                let offsets = units.into_iter().flat_map(|unit| (-60..=60).map(move |amount| Offset { amount, unit }));
                for (start, offset) in offsets.flat_map(|offset| [(Start::Now, offset), (Start::Today, offset)]) {
                    let other = offset.from(start.moment(now, &calendar), &calendar);
                    for (side, order) in
                        [(Side::Before, std::cmp::Ordering::Less), (Side::After, std::cmp::Ordering::Greater)]
                    {
                        let moment = DateOperand { base: Base::Start(start), offset: Some(offset) };
                        let Some(claimed) = is_over(side, &moment) else { continue };
                        for value in values.iter().filter(|value| value.order(other) == order) {
                            claims += 1;
                            assert_eq!(
                                value.is_over(now, &calendar),
                                claimed,
                                "{value:?} {side:?} {moment:?} at {now} in {zone}"
                            );
                        }
                    }
                }
            }
        }
        assert!(claims > 10_000, "{claims}");
    }
}
