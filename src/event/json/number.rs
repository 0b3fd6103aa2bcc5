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
