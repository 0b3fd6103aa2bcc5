//! What a cell of a workbook shows, as a CSV file would have it.

use calamine::{DataRef, ExcelDateTime};

use super::cells::typed;

/// A cell as a person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// Without spaces around it.
    pub text: String,
    /// Why a person sees something else.
    pub doubt: Option<&'static str>,
}

/// Digits of a number that Excel keeps.
const DIGITS: usize = 15;
/// From here on a number has more digits than that.
const BEYOND_DIGITS: f64 = 1e15;
/// The first day that Excel can show, and the day behind its last.
const DAYS: std::ops::Range<f64> = 1.0..2_958_466.0;
const SECONDS_A_DAY: f64 = 86_400.0;

/// The text of a value with this number format: `2026-12-31`, `TRUE`, `9820012345`, `#N/A`.
pub(super) fn shown(value: &DataRef<'_>, format: &str) -> Shown {
    let plain = |text: &str| Shown { text: typed(&text.replace("\r\n", "\n")), doubt: None };
    match value {
        DataRef::Empty => plain(""),
        DataRef::String(text) | DataRef::DurationIso(text) => plain(text),
        DataRef::SharedString(text) => plain(text),
        DataRef::Bool(value) => plain(if *value { "TRUE" } else { "FALSE" }),
        DataRef::Int(number) => formatted(&number.to_string(), format),
        DataRef::Float(number) => formatted(&decimal(*number), format),
        DataRef::DateTime(moment) if moment.is_duration() => plain(&duration(moment.as_f64())),
        DataRef::DateTime(moment) => date(moment),
        DataRef::DateTimeIso(text) => plain(text.strip_suffix("T00:00:00").unwrap_or(text)),
        DataRef::Error(error) => plain(&error.to_string()),
    }
}

/// A number with the digits that Excel keeps of it, or shortened as Excel does where there were more.
fn decimal(number: f64) -> String {
    let scientific = format!("{number:.*e}", DIGITS - 1);
    if number.abs() < BEYOND_DIGITS {
        return scientific.parse::<f64>().unwrap_or(number).to_string();
    }
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    format!("{}E+{exponent:0>2}", mantissa.trim_end_matches('0').trim_end_matches('.'))
}

/// A number by its format: leading zeros are part of what it says.
fn formatted(number: &str, format: &str) -> Shown {
    let first = format.split(';').next().unwrap_or_default();
    let whole = first.split('.').next().unwrap_or_default();
    let zeros = whole.matches('0').count();
    let is_whole = number.bytes().all(|byte| byte.is_ascii_digit());
    match zeros {
        2.. if is_whole && first.len() == zeros => Shown { text: format!("{number:0>zeros$}"), doubt: None },
        2.. if !whole.chars().all(|c| "0#,?%".contains(c)) => {
            Shown { text: number.to_owned(), doubt: Some("a number whose format shows more than its digits") }
        }
        _ => Shown { text: number.to_owned(), doubt: None },
    }
}

fn date(moment: &ExcelDateTime) -> Shown {
    let days = moment.as_f64();
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let mut time = format!("{hour:02}:{minute:02}:{second:02}");
    if milli > 0 {
        time += &format!(".{milli:03}");
    }
    let is_whole_day = (hour, minute, second, milli) == (0, 0, 0, 0);
    let text = match is_whole_day {
        _ if !DAYS.contains(&days) && !(0.0..1.0).contains(&days) => String::new(),
        true if days < 1.0 => String::new(),
        false if days < 1.0 => time,
        true => format!("{year:04}-{month:02}-{day:02}"),
        false => format!("{year:04}-{month:02}-{day:02}T{time}"),
    };
    match text.is_empty() {
        true => Shown { text: decimal(days), doubt: Some("a number with the format of a date, and no date") },
        false => Shown { text, doubt: None },
    }
}

/// Hours, minutes and seconds, as many hours as there are.
fn duration(days: f64) -> String {
    let whole = format!("{:.0}", (days * SECONDS_A_DAY).abs());
    let seconds = whole.parse::<u64>().unwrap_or_default();
    let sign = if days < 0.0 { "-" } else { "" };
    format!("{sign}{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::ExcelDateTimeType::{DateTime, TimeDelta};

    fn text(value: &DataRef<'_>, format: &str) -> String {
        shown(value, format).text
    }

    #[test]
    fn numbers_are_shown_as_excel_shows_them() {
        let table = [
            (9_820_012_345.0, "General", "9820012345"),
            (7.0, "", "7"),
            (-7.0, "0", "-7"),
            (0.5, "0%", "0.5"),
            (0.1 + 0.2, "General", "0.3"),
            (1234.5, "#,##0.00", "1234.5"),
            (42.0, "00000", "00042"),
            (0.0, "000", "000"),
            (123_456.0, "00000", "123456"),
            (999_999_999_999_999.0, "0", "999999999999999"),
            (1e15, "0", "1E+15"),
            (6_070_123_456_789_012_345.0, "0", "6.07012345678901E+18"),
        ];
        for (number, format, wanted) in table {
            assert_eq!(text(&DataRef::Float(number), format), wanted, "{number} as {format}");
        }
        let doubtful = |format: &str| shown(&DataRef::Float(42.0), format).doubt.is_some();
        assert!(doubtful("\"EMP\"0000") && doubtful("000-00-0000") && doubtful("+91 0000000000"));
        assert!(!doubtful("00000") && !doubtful("\"₹\"#,##0.00") && !doubtful("0.000") && !doubtful("General"));
    }

    #[test]
    fn moments_are_shown_in_iso() {
        let table = [
            (46_387.0, DateTime, "2026-12-31"),
            (46_387.5, DateTime, "2026-12-31T12:00:00"),
            (45_943.541, DateTime, "2025-10-13T12:59:02.400"),
            (2_958_465.0, DateTime, "9999-12-31"),
            (1.0, DateTime, "1900-01-01"),
            (0.25, DateTime, "06:00:00"),
            (1.25, TimeDelta, "30:00:00"),
        ];
        for (days, kind, wanted) in table {
            assert_eq!(text(&DataRef::DateTime(ExcelDateTime::new(days, kind, false)), "dd/mm/yyyy"), wanted);
        }
        for days in [0.0, -1.0, 9_820_012_345.0] {
            let shown = shown(&DataRef::DateTime(ExcelDateTime::new(days, DateTime, false)), "dd/mm/yyyy");
            assert!(shown.doubt.is_some(), "{days}");
        }
    }
}
