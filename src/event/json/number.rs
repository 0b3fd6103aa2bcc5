//! Compares numbers by value, read from their JSON text, so that no digit is lost.

use std::cmp::Ordering;

use crate::event::fingerprint::mixed;

/// What two equal numbers share: `1`, `1.0` and `10e-1` have one worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Worth {
    /// A whole number of at most 38 digits, however it is written.
    Whole(i128),
    /// Any other, as the bits of the nearest double.
    Other(u64),
}

impl Worth {
    /// A number that equal worths share.
    #[must_use]
    pub fn fingerprint(self) -> u64 {
        match self {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "both halves of the bits count"
            )]
            Worth::Whole(whole) => mixed(whole as u64, (whole >> 64) as u64),
            Worth::Other(bits) => mixed(bits, 1),
        }
    }
}

/// The worth of a JSON number.
#[must_use]
pub fn worth(number: &str) -> Worth {
    if let Ok(whole) = number.parse::<i128>() {
        return Worth::Whole(whole);
    }
    whole(number).map_or_else(|| Worth::Other(double(number).to_bits()), Worth::Whole)
}

/// A number with a point or an exponent as a whole one, to the last digit; none if it has a fraction or too many digits.
fn whole(number: &str) -> Option<i128> {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let sign = if mantissa.starts_with('-') { -1 } else { 1 };
    let (mut whole, mut zeros_behind, mut places) = (0_i128, 0, 0);
    let mut is_behind_point = false;
    for byte in mantissa.bytes() {
        match byte {
            b'.' => is_behind_point = true,
            b'0'..=b'9' => {
                places += i64::from(is_behind_point);
                zeros_behind += 1;
                if byte > b'0' {
                    whole = shifted(whole, zeros_behind)?.checked_add(sign * i128::from(byte - b'0'))?;
                    zeros_behind = 0;
                }
            }
            _ => {}
        }
    }
    match whole {
        0 => Some(0),
        _ => shifted(whole, exponent.parse::<i64>().ok()?.checked_add(zeros_behind - places)?),
    }
}

/// A whole number with so many zeros behind it.
fn shifted(whole: i128, zeros: i64) -> Option<i128> {
    if whole == 0 { Some(0) } else { 10_i128.checked_pow(zeros.try_into().ok()?)?.checked_mul(whole) }
}

/// Whether two numbers are worth the same.
#[must_use]
pub fn same(a: &str, b: &str) -> bool {
    a == b || worth(a) == worth(b)
}

/// Which of two numbers is greater.
#[must_use]
pub fn compare(a: &str, b: &str) -> Ordering {
    match (worth(a), worth(b)) {
        (Worth::Whole(a), Worth::Whole(b)) => a.cmp(&b),
        (a_worth, b_worth) if a_worth == b_worth => Ordering::Equal,
        _ => double(a).total_cmp(&double(b)),
    }
}

/// Whether a text is a number as people and spreadsheets write one: digits with a sign and a fraction, and no exponent,
/// which most texts that have one are not meant to be (`61e9`).
#[must_use]
pub fn is_written(text: &str) -> bool {
    let is_digits = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    match unsigned.split_once('.') {
        Some((whole, fraction)) => is_digits(whole) && is_digits(fraction),
        None => is_digits(unsigned),
    }
}

fn double(number: &str) -> f64 {
    number.parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers in their order, each in several ways of writing it.
    const NUMBERS: [&[&str]; 14] = [
        &["-1e40", "-10e39"],
        &["-98200123451234567890123456789012345678"],
        &["-1.5", "-15e-1"],
        &["-1", "-1.0", "-10e-1"],
        &["0", "-0", "0.0", "-0.0", "0e5", "0e99999999999999999999"],
        &["0.1", "1e-1", "0.10"],
        &["1", "1.0", "10e-1", "1E0", "1e+0"],
        &["1.5", "15e-1", "1.50"],
        &["9007199254740992", "9007199254740992.0"],
        &["9007199254740993", "9007199254740993.00", "90071992547409930e-1", "9007199254.740993E+6"],
        &["100000000000000000000000", "1e23"],
        &["98200123451234567890123456789012345678", "98200123451234567890123456789012345678.0"],
        &["98200123451234567890123456789012345679"],
        &["1e300", "10e299"],
    ];

    #[test]
    fn a_number_is_worth_the_same_in_whatever_way_it_is_written_and_has_its_place() {
        for (n, ways) in NUMBERS.iter().enumerate() {
            for (m, others) in NUMBERS.iter().enumerate() {
                for (a, b) in ways.iter().flat_map(|a| others.iter().map(move |b| (*a, *b))) {
                    assert_eq!(same(a, b), n == m, "{a} and {b}");
                    assert_eq!(compare(a, b), n.cmp(&m), "{a} and {b}");
                    assert!(n != m || worth(a).fingerprint() == worth(b).fingerprint(), "{a} and {b}");
                }
            }
        }
    }

    /// Spreadsheets and programs write `.0` behind numbers of people and accounts.
    #[test]
    fn a_whole_number_is_that_number_with_a_point_or_an_exponent_to_its_last_digit() {
        let digits = "98765432109876543210987654321098765432";
        for length in 1..=digits.len() {
            for sign in ["", "-"] {
                let number = format!("{sign}{}", &digits[..length]);
                let next = (number.parse::<i128>().unwrap() + 1).to_string();
                for (written, of) in [
                    (format!("{number}.0"), &number),
                    (format!("{number}.000e0"), &number),
                    (format!("{number}000E-3"), &number),
                    (format!("{sign}0.{}e{length}", &digits[..length]), &number),
                    (format!("{sign}0.000{}e+{}", &digits[..length], length + 3), &number),
                ] {
                    assert!(same(&written, of) && worth(&written) == worth(of), "{written}");
                    assert!(!same(&written, &next), "{written} and {next}");
                    assert_eq!(compare(&written, &next), Ordering::Less, "{written} and {next}");
                }
                assert!(!same(&format!("{number}.5"), &number) && !same(&format!("{number}e1"), &number));
            }
        }
    }

    #[test]
    fn what_people_write_as_a_number_is_one_and_nothing_else_is() {
        for text in ["0", "7", "-1", "007", "12.50", "-0.5", "98200123451234567890"] {
            assert!(is_written(text), "{text}");
        }
        for text in ["", "-", "--1", "+1", ".", "1.", ".5", "-.5", "1.2.3", "1e3", "1,5", "1 000", "x1", "1x", "NaN"] {
            assert!(!is_written(text), "{text}");
        }
    }
}
