//! Formats numbers and times of a log line without `format!`, which would cost more than the rest of the line.

use std::fmt::Write as _;

use jiff::Timestamp;

/// Digits of the longest number.
const DIGITS: usize = 20;

/// A whole number.
pub(super) fn whole(number: u64, out: &mut String) {
    padded(number, 1, out);
}

/// A number of thousandths, with three decimals: 1234 is `1.234`.
pub(super) fn thousandths(number: u64, out: &mut String) {
    whole(number / 1000, out);
    out.push('.');
    padded(number % 1000, 3, out);
}

/// 64 bits as 16 hexadecimal digits.
pub(super) fn hexadecimal(bits: u64, out: &mut String) {
    let mut digits = [b'0'; 16];
    for (place, digit) in digits.iter_mut().rev().enumerate() {
        let number = (bits >> (4 * place) & 0xf) as u8;
        *digit = if number < 10 { b'0' + number } else { b'a' + number - 10 };
    }
    put(&digits, out);
}

/// A number with at least so many digits.
fn padded(mut number: u64, least: usize, out: &mut String) {
    let mut digits = [b'0'; DIGITS];
    let mut count = 0;
    for digit in digits.iter_mut().rev() {
        if number == 0 && count >= least {
            break;
        }
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
        count += 1;
    }
    put(digits.get(DIGITS - count..).unwrap_or_default(), out);
}

/// Digits, which are text whatever they are.
fn put(digits: &[u8], out: &mut String) {
    out.push_str(str::from_utf8(digits).unwrap_or_default());
}

/// Writes times to the millisecond; the second is kept, since most lines of a busy log share it with the line before.
#[derive(Debug, Default)]
pub(super) struct Clock {
    second: Option<i64>,
    /// `2026-01-31T09:30:00.`
    until_the_point: String,
}

impl Clock {
    /// `2026-01-31T09:30:00.123Z`
    pub(super) fn time(&mut self, time: Timestamp, out: &mut String) {
        let second = time.as_second();
        let is_kept = self.second == Some(second) || self.turn(second);
        match u64::try_from(time.subsec_nanosecond()) {
            Ok(nanosecond) if is_kept => {
                out.push_str(&self.until_the_point);
                padded(nanosecond / 1_000_000, 3, out);
                out.push('Z');
            }
            // Before 1970 parts of a second count backwards.
            _ => {
                let _ = write!(out, "{time:.3}");
            }
        }
    }

    /// Keeps another second; whether there is such a one.
    fn turn(&mut self, second: i64) -> bool {
        self.second = None;
        let Ok(whole) = Timestamp::from_second(second) else { return false };
        self.until_the_point.clear();
        let _ = write!(self.until_the_point, "{whole:.0}");
        if self.until_the_point.pop() != Some('Z') {
            return false;
        }
        self.until_the_point.push('.');
        self.second = Some(second);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(act: impl FnOnce(&mut String)) -> String {
        let mut out = String::new();
        act(&mut out);
        out
    }

    #[test]
    fn numbers_are_written_as_formats_write_them() {
        let numbers = [0, 1, 9, 10, 99, 100, 999, 1000, 1001, 1_234_567, u64::MAX / 2, u64::MAX];
        for number in numbers {
            assert_eq!(written(|out| whole(number, out)), number.to_string());
            assert_eq!(written(|out| hexadecimal(number, out)), format!("{number:016x}"));
            assert_eq!(written(|out| thousandths(number, out)), format!("{}.{:03}", number / 1000, number % 1000));
        }
    }

    #[test]
    fn times_are_written_as_the_library_writes_them() {
        let mut clock = Clock::default();
        let times = [
            "2026-01-31T09:30:00.123Z",
            "2026-01-31T09:30:00.999999999Z",
            "2026-01-31T09:30:01Z",
            "1969-12-31T23:59:59.5Z",
            "1970-01-01T00:00:00.001Z",
            "9999-12-30T22:00:00.9Z",
            "-000001-01-01T00:00:00.25Z",
        ];
        for time in times.map(|text| text.parse::<Timestamp>().unwrap()) {
            assert_eq!(written(|out| clock.time(time, out)), format!("{time:.3}"));
        }
    }
}
