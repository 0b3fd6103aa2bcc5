//! Sample numbers that stand for all others, as far as comparisons can tell them apart.

use std::cmp::Ordering;

use crate::event::number;

/// A number with whether it is as far-fetched as a half where everybody counts in whole ones.
pub struct Sample {
    pub text: String,
    pub is_odd: bool,
}

/// The constants, one number in each gap between them, one below and one above them all;
/// and whether that is every class of numbers.
pub fn around(constants: &[String]) -> (Vec<Sample>, bool) {
    let mut sorted: Vec<&String> = constants.iter().collect();
    sorted.sort_by(|a, b| number::compare(a, b));
    sorted.dedup_by(|a, b| number::same(a, b));
    let (Some(least), Some(greatest)) = (sorted.first(), sorted.last()) else {
        return (vec![Sample { text: "7".to_owned(), is_odd: false }], true);
    };
    let are_whole = sorted.iter().all(|text| text.parse::<i64>().is_ok());
    let mut found: Vec<Sample> = sorted.iter().map(|text| Sample { text: (*text).clone(), is_odd: false }).collect();
    let mut take = |text: String, is_odd: bool| found.push(Sample { text, is_odd });
    let mut is_complete = true;
    match (step(least, -1), step(greatest, 1)) {
        (Some(below), Some(above)) => {
            take(below, false);
            take(above, false);
        }
        _ => is_complete = false,
    }
    for (low, high) in sorted.iter().zip(sorted.iter().skip(1)) {
        if let Some(next) = step(low, 1).filter(|next| is_between(next, low, high)) {
            take(next, false);
        } else if let Some(half) = half_way(low, high) {
            take(half, are_whole);
        } else {
            is_complete = false;
        }
    }
    (found, is_complete)
}

/// The number one further on, in the given direction, if it can be told from this one.
fn step(text: &str, by: i64) -> Option<String> {
    let stepped = match text.parse::<i64>() {
        Ok(whole) => whole.checked_add(by)?.to_string(),
        Err(_) => written(text.parse::<f64>().ok()? + if by < 0 { -1.0 } else { 1.0 })?,
    };
    let wanted = if by < 0 { Ordering::Less } else { Ordering::Greater };
    (number::compare(&stepped, text) == wanted).then_some(stepped)
}

fn half_way(low: &str, high: &str) -> Option<String> {
    let middle = written(low.parse::<f64>().ok()?.midpoint(high.parse::<f64>().ok()?))?;
    is_between(&middle, low, high).then_some(middle)
}

fn is_between(middle: &str, low: &str, high: &str) -> bool {
    number::compare(low, middle).is_lt() && number::compare(middle, high).is_lt()
}

fn written(number: f64) -> Option<String> {
    number.is_finite().then(|| number.to_string())
}
