//! `dates` of gateway.yaml: what dates mean that leave something open, and which days are working days.

use jiff::civil::{Date, Weekday};

use crate::config::declare::section;
use crate::config::draft::Draft;
use crate::config::value::{Value, put};
use crate::diagnostic::{code, did_you_mean};
use crate::event::date::written;
use crate::event::{Calendar, DateOrder, DateStyle, WorkingDays};
use crate::yaml::keys::{Shape, words};
use crate::yaml::listed;

/// Most holidays: each record has them.
const HOLIDAY_LIMIT: usize = 1_000;

section! {
    DATES "`dates`", take(draft, value, written) {
        "order" word(DateOrder::ALL) => draft.settings.server.calendar.style.order,
            "what `10/01/2026` is: dmy the 10th of January, mdy October 1";
        "two_digit_years" own(Shape::Whole) => if !value.node.is_null() {
            put(&mut draft.settings.server.calendar.style.two_digit_years, value.year().map(Some));
        }, "the first of the hundred years that a year of two digits can mean";
        "weekend" own(Shape::ListOf(&DAY)) => put_weekend(draft, value),
            "the days of the week that are not working days";
        "holidays" own(Shape::ListOf(&Shape::Text)) => put_holidays(draft, value),
            "days, as `2026-01-31`, that are not working days";
    }
}

/// A day of the week.
const DAY: Shape = Shape::OneOf(&const { words(&WorkingDays::WEEK) });

fn put_weekend(draft: &mut Draft, value: &mut Value<'_, '_>) {
    let mut weekend: Vec<Weekday> = Vec::new();
    for (text, span) in value.reader.texts(value.node, "a day of the week") {
        if let Some((_, day)) = WorkingDays::WEEK.iter().find(|(word, _)| *word == text) {
            weekend.push(*day);
            continue;
        }
        let names = || WorkingDays::WEEK.iter().map(|(word, _)| *word);
        let finding = value.reader.mistake(&code::BAD_SETTING, span, format!("`{text}` is not a day of the week"));
        let first: String = text.chars().take(3).flat_map(char::to_lowercase).collect();
        let help = match names().find(|word| *word == first).or_else(|| did_you_mean(text, names())) {
            Some(meant) => format!("write `{meant}`"),
            None => format!("write {}", listed(names())),
        };
        value.reader.push(finding.help(help));
    }
    let working = &mut draft.settings.server.calendar.working;
    match working.with_weekend(&weekend) {
        Some(with) => *working = with,
        None => {
            let message = "`dates.weekend` leaves no working day";
            let finding = value.reader.mistake(&code::BAD_SETTING, &value.node.span, message);
            value.reader.push(finding.help("take out the days on which people work"));
        }
    }
}

/// What to write in place of a text that is no day.
fn meant(text: &str) -> String {
    let style = DateStyle { order: DateOrder::DayFirst, two_digit_years: None };
    let is_file = [".csv", ".xlsx", ".json", ".yaml", ".ics"].iter().any(|end| text.to_lowercase().ends_with(end));
    let moment = written(text, style).ok().flatten().map(|written| written.moment(&Calendar::utc()));
    let day = moment.and_then(|moment| Some(moment.begin()?.to_zoned(jiff::tz::TimeZone::UTC).date()));
    match day {
        _ if is_file => {
            "holidays are not read from a file: write the days themselves, `[2026-01-26, 2026-08-15]`".to_owned()
        }
        // With slashes it is not plain which is the month.
        Some(day) if !text.contains('/') => format!("write the year, the month and the day: `{day}`"),
        Some(_) | None => "write the year, the month and the day: `2026-01-31`".to_owned(),
    }
}

fn put_holidays(draft: &mut Draft, value: &mut Value<'_, '_>) {
    let mut holidays: Vec<Date> = Vec::new();
    for (text, span) in value.reader.texts(value.node, "a holiday") {
        let day = text.parse::<Date>().ok().filter(|day| day.to_string() == text);
        if day.is_none() {
            let finding = value.reader.mistake(&code::BAD_SETTING, span, format!("`{text}` is not a day"));
            value.reader.push(finding.help(meant(text)));
        }
        holidays.extend(day);
    }
    if holidays.len() > HOLIDAY_LIMIT {
        let message = format!("`dates.holidays` has {} days, and {HOLIDAY_LIMIT} are the most", holidays.len());
        let finding = value.reader.mistake(&code::SETTING_OUT_OF_RANGE, &value.node.span, message);
        value.reader.push(finding.help("leave out those of years that nothing is counted in any more"));
        return;
    }
    let working = &mut draft.settings.server.calendar.working;
    put(working, working.with_holidays(&holidays));
}
