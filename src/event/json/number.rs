//! Compares numbers by value, read from their JSON text, so that no digit is lost.

use std::cmp::Ordering;

use crate::event::fingerprint::mixed;

/// What two equal numbers share: `1`, `1.0` and `10e-1` have one worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Worth {
    /// A whole number of at most 38 digits.
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
    let double = double(number);
    // Doubles beyond 2^53 have no digits after the point, so that the conversion is exact below 2^126.
    if double.fract() == 0.0 && double.abs() < 8e37 {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within the range of i128")]
        return Worth::Whole(double as i128);
    }
    Worth::Other(double.to_bits())
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
    const NUMBERS: [&[&str]; 13] = [
        &["-1e40", "-10e39"],
        &["-98200123451234567890123456789012345678"],
        &["-1.5", "-15e-1"],
        &["-1", "-1.0", "-10e-1"],
        &["0", "-0", "0.0", "-0.0", "0e5"],
        &["0.1", "1e-1", "0.10"],
        &["1", "1.0", "10e-1", "1E0", "1e+0"],
        &["1.5", "15e-1", "1.50"],
        &["9007199254740992", "9007199254740992.0"],
        &["9007199254740993"],
        &["98200123451234567890123456789012345678"],
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
