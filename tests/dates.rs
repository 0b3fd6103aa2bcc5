//! Dates: every shape that people, spreadsheets and programs write, in several zones, at both ends of the calendar.

use std::cmp::Ordering;
use std::fmt::Write as _;

use hookgate::event::date::{Moment, instant, read};
use hookgate::event::{Calendar, DateOrder, DateStyle, Document, Value, View};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

const ZONES: [&str; 3] = ["UTC", "Asia/Kolkata", "America/New_York"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn calendar(zone: &str) -> Calendar {
    Calendar::of(TimeZone::get(zone).unwrap())
}

/// Reads a value as it stands in a body; `None`: absent, `Err`: unreadable.
fn read_json(json: &str, calendar: &Calendar) -> Result<Option<Moment>, String> {
    let document = Document::read(json.as_bytes().to_vec(), 8).unwrap();
    read(View::Node(document.root()), calendar).map_err(|unreadable| unreadable.to_string())
}

fn read_text(text: &str, calendar: &Calendar) -> Result<Option<Moment>, String> {
    read(Value::text(text).view(), calendar).map_err(|unreadable| unreadable.to_string())
}

/// The day that a text names in UTC.
fn day_of(text: &str) -> Option<String> {
    let calendar = Calendar::utc();
    read_text(text, &calendar).ok().flatten().map(|moment| moment.date(&calendar).to_string())
}

/// Every shape in which a day can be written without a zone.
fn shapes_of_day(day: Date) -> Vec<String> {
    let (y, m, d) = (day.year(), day.month(), day.day());
    let name = MONTHS[usize::try_from(m).unwrap() - 1];
    let short = &name[..3];
    let mut shapes = vec![
        format!("{y:04}-{m:02}-{d:02}"),
        format!("{y:04}-{m}-{d}"),
        format!("{y:04}{m:02}{d:02}"),
        format!("{y:04}/{m:02}/{d:02}"),
        format!("{y:04}.{m:02}.{d:02}"),
        format!("{d:02}/{m:02}/{y:04}"),
        format!("{d}/{m}/{y:04}"),
        format!("{d:02}-{m:02}-{y:04}"),
        format!("{d:02}.{m:02}.{y:04}"),
        format!("{d:02}-{short}-{y:04}"),
        format!("{d:02}-{}-{y:04}", short.to_uppercase()),
        format!("{d} {short} {y:04}"),
        format!("{d} {name} {y:04}"),
        format!("{short} {d}, {y:04}"),
        format!("{name} {d}, {y:04}"),
        format!("{y:04}-{short}-{d:02}"),
        format!("{y:04}-{:03}", day.day_of_year()),
        format!("{y:04}-{m:02}-{d:02}T00:00"),
        format!("{y:04}-{m:02}-{d:02}T00:00:00.000"),
        format!("{y:04}-{m:02}-{d:02} 00:00:00"),
        format!("{y:04}{m:02}{d:02}T000000"),
        format!("{y:04}{m:02}{d:02}000000"),
        format!("{d:02}/{m:02}/{y:04} 00:00"),
        format!("{d:02}/{m:02}/{y:04}, 00:00:00"),
        format!(" {y:04}-{m:02}-{d:02}\u{a0}"),
        format!("\u{200e}{d:02}\u{200e}/\u{200e}{m:02}\u{200e}/\u{200e}{y:04}"),
    ];
    if name == "September" {
        shapes.extend([format!("{d}-Sept-{y:04}"), format!("{d} Sept. {y:04}")]);
    }
    let week = day.iso_week_date();
    if (1_000..=9_999).contains(&week.year()) {
        let weekday = week.weekday().to_monday_one_offset();
        shapes.extend([
            format!("{:04}-W{:02}-{weekday}", week.year(), week.week()),
            format!("{:04}W{:02}{weekday}", week.year(), week.week()),
        ]);
    }
    shapes
}

/// The days at which something could go wrong: both ends of the calendar, leap days, turns of the clock.
fn days() -> Vec<Date> {
    let mut days = vec![
        date(1, 1, 1),
        date(999, 12, 31),
        date(1000, 1, 1),
        date(1899, 12, 30),
        date(1900, 2, 28),
        date(1969, 12, 31),
        date(1970, 1, 1),
        date(1999, 12, 31),
        date(2000, 2, 29),
        date(2024, 2, 29),
        date(2026, 3, 8),
        date(2026, 9, 10),
        date(2026, 11, 1),
        date(9999, 12, 29),
        date(9999, 12, 30),
        date(9999, 12, 31),
    ];
    days.extend((0..60).map(|n| date(2026, 1, 1).checked_add(jiff::Span::new().days(n * 37)).unwrap()));
    days
}

#[test]
fn every_shape_of_a_day_is_that_day_in_every_zone() {
    for zone in ZONES {
        let calendar = calendar(zone);
        for day in days() {
            for shape in shapes_of_day(day) {
                let moment = read_text(&shape, &calendar).unwrap_or_else(|why| panic!("{zone} {shape}: {why}"));
                let moment = moment.unwrap_or_else(|| panic!("{zone} {shape} is absent"));
                assert_eq!(moment.date(&calendar), day, "{zone} {shape}");
                match moment {
                    Moment::Day { date, .. } => assert_eq!(date, day, "{zone} {shape}"),
                    Moment::Last => assert_eq!(day, Date::MAX, "{zone} {shape}"),
                    Moment::Point(_) => panic!("{zone} {shape} is not a day"),
                }
            }
        }
    }
}

#[test]
fn a_day_ends_where_the_next_begins() {
    for zone in ZONES {
        let calendar = calendar(zone);
        for day in days().into_iter().filter(|day| *day < date(9999, 12, 30)) {
            let begins = |day: Date| calendar.zone.to_timestamp(day.at(0, 0, 0, 0)).unwrap();
            let (begin, end) = (begins(day), begins(day.tomorrow().unwrap()));
            let instant = jiff::SignedDuration::from_nanos(1);
            let moment = read_text(&day.to_string(), &calendar).unwrap().unwrap();
            assert_eq!(moment.begin(), Some(begin), "{zone} {day}");
            assert!(!moment.is_over(begin, &calendar), "{zone} {day} at its beginning");
            assert!(!moment.is_over(end - instant, &calendar), "{zone} {day} in its last moment");
            assert!(moment.is_over(end, &calendar), "{zone} {day} at its end");
        }
    }
}

#[test]
fn lists_of_java_are_read() {
    let calendar = calendar("Asia/Kolkata");
    let date_of =
        |json: &str| read_json(json, &calendar).map(|read| read.map(|moment| moment.date(&calendar).to_string()));
    for json in ["[2026,1,10]", "[2026,1,10,0,0]", "[2026,1,10,0,0,0]", "[2026,1,10,0,0,0,0]"] {
        assert_eq!(date_of(json), Ok(Some("2026-01-10".to_owned())), "{json}");
        assert!(matches!(read_json(json, &calendar), Ok(Some(Moment::Day { .. }))), "{json}");
    }
    assert!(matches!(read_json("[2026,1,10,9,30]", &calendar), Ok(Some(Moment::Point(_)))));
    assert_eq!(read_json("[9999,12,31,23,59,59,999999999]", &calendar), Ok(Some(Moment::Last)));
    assert_eq!(date_of("[]"), Ok(None));
    for json in [
        "[30,12,31]",
        "[2026,13,1]",
        "[2026,1]",
        "[2026,1,10,24,0]",
        "[\"2026\",1,10]",
        "[202,1,10]",
        "[2026,1,10,0,0,0,0,0]",
    ] {
        assert!(date_of(json).is_err(), "{json}");
    }
}

#[test]
fn zones_count_wherever_they_stand() {
    let calendar = calendar("Asia/Kolkata");
    let at = |text: &str| read_text(text, &calendar).unwrap().unwrap().begin().unwrap().to_string();
    for (text, expected) in [
        ("2026-12-01T10:30:00Z", "2026-12-01T10:30:00Z"),
        ("2026-12-01T10:30Z", "2026-12-01T10:30:00Z"),
        ("2026-12-01t10:30z", "2026-12-01T10:30:00Z"),
        ("2026-12-01T10:30", "2026-12-01T05:00:00Z"),
        ("2026-12-01T10", "2026-12-01T04:30:00Z"),
        ("20261201T1030", "2026-12-01T05:00:00Z"),
        ("20261201T103000Z", "2026-12-01T10:30:00Z"),
        ("2026-12-01T10:30:00+05:30", "2026-12-01T05:00:00Z"),
        ("2026-12-01T10:30:00-08:00", "2026-12-01T18:30:00Z"),
        ("2026-12-01T10:30:00+0530", "2026-12-01T05:00:00Z"),
        ("2026-12-01T10:30:00+05", "2026-12-01T05:30:00Z"),
        ("2026-12-01 10:30:00 +05:30", "2026-12-01T05:00:00Z"),
        ("2026-12-01T10:30:00,25Z", "2026-12-01T10:30:00.25Z"),
        ("2026-12-01T10:30:00.1234567891Z", "2026-12-01T10:30:00.123456789Z"),
        ("2026-12-01T10:30+05:30[Asia/Kolkata]", "2026-12-01T05:00:00Z"),
        ("2026-12-01T10:30[America/New_York]", "2026-12-01T15:30:00Z"),
        ("2026-12-01T10:30Z[UTC]", "2026-12-01T10:30:00Z"),
        ("2026-12-01-08:00", "2026-12-01T08:00:00Z"),
        ("2026-12-01+05:30", "2026-11-30T18:30:00Z"),
        ("2026-12-01Z", "2026-12-01T00:00:00Z"),
        ("2026-12-01+05", "2026-11-30T19:00:00Z"),
        ("20260110120000Z", "2026-01-10T12:00:00Z"),
        ("20260110120000.0Z", "2026-01-10T12:00:00Z"),
        ("20260110120000+0530", "2026-01-10T06:30:00Z"),
        ("Sat, 10 Jan 2026 12:00:00 +0530", "2026-01-10T06:30:00Z"),
        ("Sat, 10 Jan 2026 12:00:00 GMT", "2026-01-10T12:00:00Z"),
        ("10 Jan 2026 12:00 EST", "2026-01-10T17:00:00Z"),
        ("Sat Jan 10 2026 12:00:00 GMT+0530 (India Standard Time)", "2026-01-10T06:30:00Z"),
        ("10/01/2026 2:30 PM", "2026-01-10T09:00:00Z"),
        ("10/01/2026 12:15 a.m.", "2026-01-09T18:45:00Z"),
        ("10/01/2026 02:30:00\u{202f}pm", "2026-01-10T09:00:00Z"),
        ("2026-01-10T24:00", "2026-01-10T18:30:00Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
    ] {
        assert_eq!(at(text), expected, "{text}");
    }
}

#[test]
fn a_day_in_a_zone_of_its_own_ends_there() {
    let calendar = calendar("Asia/Kolkata");
    let moment = read_text("2026-12-01-08:00", &calendar).unwrap().unwrap();
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    assert!(!moment.is_over(at("2026-12-02T07:59:59Z"), &calendar));
    assert!(moment.is_over(at("2026-12-02T08:00:00Z"), &calendar));
    assert_eq!(moment.date(&calendar), date(2026, 12, 1));
    let ahead = read_text("2026-12-01+14:00", &calendar).unwrap().unwrap();
    assert_eq!(ahead.date(&calendar), date(2026, 12, 1), "a day that is written is that day");
}

#[test]
fn midnight_without_a_zone_is_a_day() {
    for zone in ZONES {
        let calendar = calendar(zone);
        let midnight = calendar.zone.to_timestamp(date(2026, 1, 10).at(0, 0, 0, 0)).unwrap();
        let (milliseconds, seconds) = (midnight.as_millisecond(), midnight.as_second());
        for number in [milliseconds.to_string(), seconds.to_string()] {
            assert!(matches!(read_json(&number, &calendar), Ok(Some(Moment::Day { .. }))), "{zone} {number}");
            assert!(matches!(read_text(&number, &calendar), Ok(Some(Moment::Day { .. }))), "{zone} {number}");
        }
        let later = (milliseconds + 1).to_string();
        assert!(matches!(read_json(&later, &calendar), Ok(Some(Moment::Point(_)))), "{zone} {later}");
        for text in ["2026-01-10T00:00Z", "2026-01-10T00:01", "2026-01-09T24:00", "20260110000000Z"] {
            assert!(matches!(read_text(text, &calendar), Ok(Some(Moment::Point(_)))), "{zone} {text}");
        }
    }
}

#[test]
fn the_end_of_all_dates_is_one_in_every_zone_and_shape() {
    let mut shapes = shapes_of_day(date(9999, 12, 31));
    for zone in ["Z", "+05:30", "-08:00", "+14:00", "-12:00", "[Asia/Kolkata]"] {
        for time in ["", "T00:00:00", "T12:00:00", "T23:59:59.999999999"] {
            shapes.push(format!("9999-12-31{time}{zone}"));
        }
    }
    for text in [
        "99991231235959Z",
        "99991231235959.0Z",
        "99991231",
        "99991231235959",
        "31.12.9999",
        "31-Dec-9999",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        // The beginning and the end of the day in UTC, in seconds, milliseconds, and ticks since 1601; and one of India.
        "253402214400",
        "253402300799",
        "253402214400000",
        "253402300799999",
        "253402194600000",
        "2650467743999999999",
    ] {
        shapes.push(text.to_owned());
    }
    for zone in ["UTC", "Asia/Kolkata", "America/New_York", "Pacific/Kiritimati", "Etc/GMT+12"] {
        let calendar = calendar(zone);
        let ordinary = read_text("9999-12-30", &calendar).unwrap().unwrap();
        for shape in &shapes {
            let moment = read_text(shape, &calendar);
            assert_eq!(moment, Ok(Some(Moment::Last)), "{zone} {shape}");
            assert_eq!(ordinary.order(Moment::Last), Ordering::Less, "{zone}");
        }
        assert_eq!(Moment::Last.order(Moment::Last), Ordering::Equal);
        assert!(!Moment::Last.is_over(Timestamp::MAX, &calendar));
    }
}

/// What numbers of each length are: generated, and told apart by an independent reading of the rule in the documentation.
#[test]
fn numbers_of_one_to_twenty_digits_are_read_by_their_length() {
    let calendar = Calendar::utc();
    let mut seed = 7_u64;
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        seed >> 33
    };
    for length in 1..=20_usize {
        for _ in 0..400 {
            let mut digits = (1 + next() % 9).to_string();
            while digits.len() < length {
                let _ = write!(digits, "{}", next() % 10);
            }
            let expected = expected(&digits);
            for got in [read_text(&digits, &calendar), read_json(&digits, &calendar)] {
                let got = got.ok().map(|moment| moment.unwrap().begin().unwrap().to_string());
                assert_eq!(got, expected, "{digits}");
            }
        }
    }
}

/// They are milliseconds before 1970 whatever their length: no day and no second is written with a sign.
#[test]
fn numbers_below_zero_are_milliseconds_before_1970() {
    let calendar = Calendar::utc();
    for length in 1..=14 {
        for digit in ["1", "2", "9"] {
            let number = format!("-{}", digit.repeat(length));
            let expected = Timestamp::from_millisecond(number.parse().unwrap()).unwrap().to_string();
            for got in [read_text(&number, &calendar), read_json(&number, &calendar)] {
                let got = got.map(|moment| moment.unwrap().begin().unwrap().to_string());
                assert_eq!(got.as_ref(), Ok(&expected), "{number}");
            }
        }
    }
    assert!(read_json("-999999999999999", &calendar).is_err(), "before the calendar");
}

fn expected(digits: &str) -> Option<String> {
    let civil = |format: &str| {
        let mut written = digits.to_owned();
        written.push_str(&"0".repeat(14 - written.len()));
        let _ = format;
        jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", &written).ok()
    };
    let utc = |at: jiff::civil::DateTime| TimeZone::UTC.to_timestamp(at).ok().map(|at| at.to_string());
    match digits.len() {
        8 | 14 => civil(digits).and_then(utc),
        9 | 10 => Timestamp::from_second(digits.parse().unwrap()).ok().map(|at| at.to_string()),
        12 if civil(digits).is_some() => None,
        11..=13 => Timestamp::from_millisecond(digits.parse().unwrap()).ok().map(|at| at.to_string()),
        18 => {
            let ticks: i128 = digits.parse().unwrap();
            Timestamp::from_nanosecond((ticks - 116_444_736_000_000_000) * 100).ok().map(|at| at.to_string())
        }
        _ => None,
    }
}

#[test]
fn never_and_blank_are_absent() {
    let calendar = Calendar::utc();
    for json in [
        "null",
        "\"\"",
        "\"  \"",
        "\"\\u00a0\"",
        "\"\\u200b\"",
        "0",
        "\"0\"",
        "9223372036854775807",
        "\"9223372036854775807\"",
        "[]",
    ] {
        assert_eq!(read_json(json, &calendar), Ok(None), "{json}");
    }
}

#[test]
fn what_is_no_date_is_told_by_its_shape_alone() {
    let calendar = Calendar::utc();
    for (json, shape) in [
        ("\"31/12/30\"", "a text like `99/99/99`"),
        ("\"10-Jan-27\"", "a text like `99-aaa-99`"),
        ("\"Asha Rao\"", "a text like `aaaa aaa`"),
        ("46022", "a number of 5 digits"),
        ("1.77e12", "a number with a fraction or an exponent of 5 digits"),
        ("true", "true/false"),
        ("[30,12,31]", "a list of 3"),
        ("{\"a\":1}", "an object"),
    ] {
        assert_eq!(read_json(json, &calendar), Err(shape.to_owned()), "{json}");
    }
    for text in [
        "31/02/2026",
        "2026-13-01",
        "2026-00-10",
        "2026-01",
        "2026",
        "1/2/3",
        "12/31/2026",
        "2026-1-",
        "tomorrow",
        "now",
        "2026-01-10T25:00",
        "2026-01-10T10:60",
        "2026-01-10 9",
        "Sun, 10 Jan 2026",
        "2026-01-10T10:00+19:00",
        "2026-01-10[Nowhere/City]",
        "2026-W54-1",
        "2026-01-10T10:00+01:00[Asia/Kolkata]",
        "10-Jan-026",
        "202601101200",
        "00000000",
        "2026-01-10x",
        "13:00 PM",
        "10/01/2026 13:00 PM",
        "2026-01-10 10:00 PST+1",
        "46022.5",
        "1,770,000,000",
        "२०२६-०१-१०",
        "--1",
        "-",
        "9999-12-32",
        "99999-12-31",
        "2026/010",
        "2026.010",
        "2026 010",
        "2026-366",
        "2026-000",
        "2026-0010",
        "2026-010-1",
        "2026-01/10",
    ] {
        assert!(read_text(text, &calendar).is_err(), "{text}: {:?}", read_text(text, &calendar));
    }
}

#[test]
fn zeros_that_are_no_zero_are_no_date() {
    let calendar = Calendar::utc();
    for length in 2..=20 {
        assert!(read_text(&"0".repeat(length), &calendar).is_err(), "{length} zeros");
    }
    for json in ["[-1,1,1]", "[0,1,1]", "\"0000-01-01\"", "\"2026-01-10T09:30Z+0530\"", "\"2026-01-10T09:30 EST+1\""] {
        assert!(read_json(json, &calendar).is_err(), "{json}");
    }
    for json in ["0", "-0", "\"0\"", "\"-0\""] {
        assert_eq!(read_json(json, &calendar), Ok(None), "{json}");
    }
}

#[test]
fn short_years_mean_what_the_setting_says() {
    let window =
        |from| Calendar { style: DateStyle { two_digit_years: Some(from), ..DateStyle::default() }, ..Calendar::utc() };
    let calendar = window(1950);
    let year = |text: &str, calendar: &Calendar| {
        read_text(text, calendar).ok().flatten().map(|moment| moment.date(calendar).year())
    };
    for text in ["15/08/27", "15-Aug-27", "15 Aug 27", "15.08.27", "Aug 15, 27"] {
        assert_eq!(year(text, &calendar), Some(2027), "{text}");
        assert_eq!(year(text, &Calendar::utc()), None, "{text}");
    }
    for (short, from, expected) in [
        ("50", 1950, 1950),
        ("49", 1950, 2049),
        ("65", 1950, 1965),
        ("00", 1950, 2000),
        ("99", 1950, 1999),
        ("30", 2000, 2030),
        ("29", 1930, 2029),
    ] {
        assert_eq!(year(&format!("15/08/{short}"), &window(from)), Some(expected), "{short} from {from}");
    }
    assert_eq!(read_json("[27,8,15]", &calendar).unwrap().unwrap().date(&calendar), date(2027, 8, 15));
    assert_eq!(year("15/08/227", &calendar), None);
}

#[test]
fn the_month_stands_first_where_the_setting_says_so() {
    let american =
        Calendar { style: DateStyle { order: DateOrder::MonthFirst, ..DateStyle::default() }, ..Calendar::utc() };
    let day = |text: &str| read_text(text, &american).ok().flatten().map(|moment| moment.date(&american).to_string());
    assert_eq!(day("10/01/2026").as_deref(), Some("2026-10-01"));
    assert_eq!(day("10-01-2026").as_deref(), Some("2026-10-01"));
    assert_eq!(day("31/12/2026"), None, "the parts are never swapped");
    assert_eq!(day("01.12.2026").as_deref(), Some("2026-12-01"), "dots have the day first");
    assert_eq!(day_of("10/01/2026").as_deref(), Some("2026-01-10"));
}

#[test]
fn a_clock_is_given_as_a_moment() {
    let at = |text: &str| instant(text, &calendar("Asia/Kolkata")).map(|at| at.to_string());
    assert_eq!(at("2026-01-31").as_deref(), Some("2026-01-30T18:30:00Z"));
    assert_eq!(at("2026-01-31T12:00:00Z").as_deref(), Some("2026-01-31T12:00:00Z"));
    assert_eq!(at("soon"), None);
}

/// What `check` says of a rule.
fn findings(when: &str) -> String {
    let rules = format!("hook: preUpdateUser\nrules:\n  - {{ name: r, when: {{ {when} }}, set: {{ attr.x: y }} }}\n");
    let settings = "fields: { contractEnd: date }\njournal: { file: null }\n";
    let dir = crate::support::program::folder(&[("rules/a.yaml", &rules), ("gateway.yaml", settings)]);
    crate::support::program::Program::new(["check"]).within(dir.path()).run().stdout
}

#[test]
fn check_warns_of_days_compared_with_the_moment_and_of_months_that_are_minutes() {
    for when in [
        "user.endDate: { before: now }",
        "user.contractEnd: { not: { before: now } }",
        "attr.contractEnd: { before: now }",
        "any: [ user.endDate: { before: now } ]",
        "user.endDate: { before: now+0d }",
    ] {
        let told = findings(when);
        assert!(told.contains("H816") && told.contains("`over: true` holds once the day has ended"), "{when}\n{told}");
    }
    for when in ["user.endDate: { not: { after: now } }", "user.endDate: { after: now }"] {
        let told = findings(when);
        assert!(
            told.contains("H816") && told.contains("`over: false` holds until the day has ended"),
            "{when}\n{told}"
        );
    }
    for when in
        ["user.endDate: 2026-01-10", "user.startDate: [today, now]", "attr.contractEnd: { is_not: 10-Jan-2026 }"]
    {
        let told = findings(when);
        assert!(told.contains("H815") && told.contains("compare the day"), "{when}\n{told}");
    }
    for when in [
        "user.endDate: { before: now-6m }",
        "user.endDate: { after: \"user.startDate+6m\" }",
        "attr.x: { before: today-6m }",
    ] {
        let told = findings(when);
        assert!(told.contains("H817") && told.contains("write `6mo` for months, or `6min`"), "{when}\n{told}");
    }
    for when in [
        "user.endDate: { before: today }",
        "user.endDate: { over: true }",
        "user.endDate: { before: now-6mo }",
        "user.endDate: { before: now-6min }",
        "attr.lastLogin: { before: now }",
    ] {
        let told = findings(when);
        assert!(!told.contains("warning["), "{when}\n{told}");
    }
}

#[test]
fn what_is_no_moment_is_told_where_it_is_written() {
    for (when, help) in [
        ("user.endDate: { before: 31/12/30 }", "write the year with four digits"),
        ("user.endDate: { before: tomorrow }", "`today-7d`"),
        ("user.endDate: { before: today-7days }", "units are `s`, `min`"),
        ("user.endDate: { before: 01/13/2026 }", "the day stands first; `dates.order: mdy`"),
        ("user.endDate+1d: { over: true }", "stands behind `before` and `after`"),
        ("user.endDate: { before: \"now - 1 month\" }", "`user.endDate+1mo`"),
        ("user.endDate: { before: now-30000y }", "this lies beyond the calendar"),
        ("user.endDate: { over: now }", "write `true` or `false`"),
    ] {
        let told = findings(when);
        assert!(told.contains("error[") && told.contains(help), "{when}\n{told}");
    }
}

/// Conditions count working days as functions do, and as gateway.yaml says.
#[test]
fn conditions_count_working_days() {
    let settings = "dates: { weekend: [fri, sat], holidays: [2026-01-26] }\njournal: { file: null }\n";
    let rules = "hook: runDeprovision
rules:
  - { name: gone, when: { user.endDate: { before: today-2wd } }, deprovision: true }
  - { name: waits, when: { user.startDate: { after: user.endDate+1wd } }, deprovision: true }
tests:
  - { name: a, request: { user: { endDate: '2026-01-21' } }, given: { now: '2026-01-27T09:00:00Z' }, expect: { deprovision: true, by: gone } }
  - { name: b, request: { user: { endDate: '2026-01-22' } }, given: { now: '2026-01-27T09:00:00Z' }, expect: { deprovision: false } }
  - { name: c, request: { user: { endDate: '2026-01-25', startDate: '2026-01-28' } }, given: { now: '2026-01-20T09:00:00Z' }, expect: { deprovision: true, by: waits } }
  - { name: d, request: { user: { endDate: '2026-01-25', startDate: '2026-01-27' } }, given: { now: '2026-01-20T09:00:00Z' }, expect: { deprovision: false } }
";
    let dir = crate::support::program::folder(&[("rules/a.yaml", rules), ("gateway.yaml", settings)]);
    crate::support::program::Program::new(["test"]).within(dir.path()).run().expect(0);
    let told = crate::support::program::Program::new(["docs"]).within(dir.path()).run().stdout;
    assert!(told.contains("2 working days before") && told.contains("1 working day after"), "{told}");
    for (settings, words) in [
        ("dates: { weekend: [mon, tue, wed, thu, fri, sat, sun] }", "leaves no working day"),
        ("dates: { weekend: [Saturday] }", "write `sat`"),
        ("dates: { holidays: [26.01.2026] }", "write the year, the month and the day"),
        ("dates: { holidays: ['2026-02-30'] }", "`2026-02-30` is not a day"),
        ("dates: { holidays: [26-Jan-2026] }", "the day: `2026-01-26`"),
        ("dates: { holidays: [26.01.2026] }", "the day: `2026-01-26`"),
        ("dates: { holidays: [02/01/2026] }", "the day: `2026-01-31`"),
        ("dates: { holidays: holidays.csv }", "write the days themselves"),
    ] {
        let dir = crate::support::program::folder(&[("rules/a.yaml", rules), ("gateway.yaml", settings)]);
        let run = crate::support::program::Program::new(["check"]).within(dir.path()).run();
        let told = format!("{}{}", run.stdout, run.stderr);
        assert!(told.contains(words), "{settings}\n{told}");
    }
}

/// Scripts and values in which an unreadable date decides: nobody is mapped, marked or sent away by it.
#[test]
fn what_a_script_makes_of_an_unreadable_date_counts_for_nothing() {
    const RULES: &str = r#"hook: [runDeprovision, validateUser]
codes: { TooYoung: Nobody under eighteen works here. }
rules:
  - { name: not-ahead, when: { user.p: a, script: "!(days_until(user.x) >= 0)" }, hook: runDeprovision, deprovision: true }
  - { name: else-branch, when: { user.p: b }, hook: runDeprovision, script: "if days_until(user.x) >= 0 { deprovision(false) } else { deprovision(true) }" }
  - { name: template, when: { user.p: c }, hook: runDeprovision, deprovision: "${!(days_until(user.x) >= 0)}" }
  - { name: bound, when: { user.p: d, gone: true }, let: { gone: "${if days_until(user.x) >= 0 { false } else { true }}" }, hook: runDeprovision, deprovision: true }
  - { name: letters, when: { user.p: e }, hook: runDeprovision, script: 'if date(user.x) != "2026-01-10" { deprovision(true) }' }
  - { name: young, when: { user.p: f }, hook: validateUser, script: 'if !(age(user.x) < 18) { set("user.is", "adult") } else { reject("TooYoung") }' }
"#;
    const TESTS: &str = r"tests:
  - { name: a, hook: runDeprovision, request: { user: { p: a, x: 31/12/30 } }, expect: { deprovision: false, failed: true } }
  - { name: b, hook: runDeprovision, request: { user: { p: b, x: 31/12/30 } }, expect: { deprovision: false, failed: true } }
  - { name: c, hook: runDeprovision, request: { user: { p: c, x: 31/12/30 } }, expect: { deprovision: false, failed: true } }
  - { name: d, hook: runDeprovision, request: { user: { p: d, x: 31/12/30 } }, expect: { deprovision: false, failed: true } }
  - { name: e, hook: runDeprovision, request: { user: { p: e, x: 31/12/30 } }, expect: { deprovision: false, failed: true } }
  - { name: f, hook: validateUser, request: { user: { p: f, x: 31/12/30 } }, expect: { reply: { response: { error: true, message: ValidationUnavailable } }, failed: true } }
  - { name: a date that can be read, hook: runDeprovision, request: { user: { p: b, x: 31/12/2020 } }, expect: { deprovision: true } }
  - { name: an absent one is merely absent, hook: runDeprovision, request: { user: { p: b } }, expect: { deprovision: true } }
  - { name: a word of rules is not a date in a field, hook: runDeprovision, request: { user: { p: b, x: today-1d } }, expect: { deprovision: false, failed: true } }
";
    let dir = crate::support::program::folder(&[("rules/a.yaml", RULES), ("rules/b.test.yaml", TESTS)]);
    let told = crate::support::program::Program::new(["test"]).within(dir.path()).run().expect(0);
    assert!(told.starts_with("9 passed, 0 failed"), "{told}");
}

#[test]
fn a_script_that_asks_first_may_go_on() {
    const RULES: &str = r#"hook: preCreateUser
rules:
  - { name: asks, when: { user.p: a }, script: 'if date(user.x) == () { set("user.seen", "none") }' }
  - { name: gives-another, when: { user.p: b, script: "(days_until(user.x) ?? 7) == 7" }, set: { user.seen: "seven" } }
  - { name: word, when: { user.p: c, script: 'date("now-7d") == "2026-01-03"' }, set: { user.seen: "word" } }
tests:
  - { name: a, request: { user: { p: a, x: 31/12/30 } }, expect: { user: { seen: none } } }
  - { name: b, request: { user: { p: b, x: 31/12/30 } }, expect: { user: { seen: seven } } }
  - { name: c, request: { user: { p: c } }, given: { now: "2026-01-10T12:00:00Z" }, expect: { user: { seen: word } } }
"#;
    let dir = crate::support::program::folder(&[("rules/a.yaml", RULES)]);
    let told = crate::support::program::Program::new(["test"]).within(dir.path()).run().expect(0);
    assert!(told.starts_with("3 passed, 0 failed"), "{told}");
}
