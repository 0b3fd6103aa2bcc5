//! Finds the ranges that hold a number, without comparing with each.

use super::lists::{Lists, narrow};
use crate::event::{Shape, View};
use crate::rule::condition::{Checks, Comparator, Comparison, Relation};
use crate::rule::expression::Expression;

/// Beyond it doubles do not tell whole numbers apart, so that such limits are none.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// What a number must lie between.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Range {
    low: Option<Limit>,
    high: Option<Limit>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Limit {
    at: f64,
    is_inside: bool,
}

impl Range {
    /// The range that some checks leave; none where they set no limit.
    pub(super) fn of(checks: &Checks) -> Option<Self> {
        let mut range = Self { low: None, high: None };
        for check in &checks.checks {
            if let (Comparator::Range(bounds), false) = (&check.operator.comparator, check.operator.is_negated) {
                range.low = bounds.low.as_deref().and_then(limit).or(range.low);
                range.high = bounds.high.as_deref().and_then(limit).or(range.high);
                continue;
            }
            let order = check.operator.relation().and_then(Relation::order).filter(|_| !check.operator.is_negated);
            let constant = check.operator.operand().and_then(Expression::constant);
            let (Some(comparison), Some(constant)) = (order, constant) else { continue };
            let Shape::Number(number) = constant.view().shape() else { continue };
            let Some(at) = number.parse::<f64>().ok().filter(|at| at.abs() < EXACT) else { continue };
            match comparison {
                Comparison::Greater => range.low = Some(Limit { at, is_inside: false }),
                Comparison::GreaterOrEqual => range.low = Some(Limit { at, is_inside: true }),
                Comparison::Less => range.high = Some(Limit { at, is_inside: false }),
                Comparison::LessOrEqual => range.high = Some(Limit { at, is_inside: true }),
                Comparison::Equal => {}
            }
        }
        (range.low.is_some() || range.high.is_some()).then_some(range)
    }

    #[cfg(test)]
    pub(super) fn between(low: Option<f64>, high: Option<f64>) -> Self {
        let [low, high] = [low, high].map(|at| at.map(|at| Limit { at, is_inside: true }));
        Self { low, high }
    }

    /// Whether it has an end on both sides.
    pub(super) fn is_closed(&self) -> bool {
        self.low.is_some() && self.high.is_some()
    }
}

/// An end that belongs to the range.
fn limit(number: &str) -> Option<Limit> {
    let at = number.parse::<f64>().ok().filter(|at| at.abs() < EXACT)?;
    Some(Limit { at, is_inside: true })
}

/// The ranges of one slot, as a segment tree over their limits: each limit is a place, and so is each gap beside one.
#[derive(Debug)]
pub(super) struct Ranges {
    pub slot: usize,
    limits: Vec<f64>,
    /// The entries of each node of the tree; the leaf of place `p` is node `places + p`.
    nodes: Lists,
    /// For each node the nearest that has entries, itself or above it; nought where there is none. Most have none.
    filled: Vec<u32>,
}

impl Ranges {
    /// Puts the ranges of a slot together; each stands beside the entry that it proposes.
    pub(super) fn new(slot: usize, wanted: &[(Range, u32)]) -> Self {
        let ends = wanted.iter().flat_map(|(range, _)| [range.low, range.high]);
        let mut limits: Vec<f64> = ends.flatten().map(|limit| limit.at).collect();
        limits.sort_unstable_by(f64::total_cmp);
        limits.dedup();
        let mut ranges = Self { slot, limits, nodes: Lists::default(), filled: vec![0] };
        let mut pairs = Vec::new();
        for (range, entry) in wanted {
            ranges.cover(*range, |node| pairs.push((narrow(node), *entry)));
        }
        ranges.nodes = Lists::new(2 * ranges.places(), pairs);
        for node in 1..2 * ranges.places() {
            let filled = if ranges.nodes.get(node).is_empty() { ranges.filled(node / 2) } else { node };
            ranges.filled.push(narrow(filled));
        }
        ranges
    }

    fn places(&self) -> usize {
        2 * self.limits.len() + 1
    }

    fn filled(&self, node: usize) -> usize {
        self.filled.get(node).map_or(0, |filled| *filled as usize)
    }

    fn place(&self, number: f64) -> usize {
        let before = self.limits.partition_point(|limit| *limit < number);
        2 * before + usize::from(self.limits.get(before).is_some_and(|limit| *limit <= number))
    }

    /// Gives out the few nodes under which just the places of the range lie.
    fn cover(&self, range: Range, mut node: impl FnMut(usize)) {
        let outside = |limit: Limit| usize::from(!limit.is_inside);
        let first = range.low.map_or(0, |limit| self.place(limit.at) + outside(limit));
        let end = range.high.map_or(self.places(), |limit| self.place(limit.at) + 1 - outside(limit));
        let (mut first, mut end) = (first + self.places(), end + self.places());
        while first < end {
            if first % 2 == 1 {
                node(first);
                first += 1;
            }
            if end % 2 == 1 {
                end -= 1;
                node(end);
            }
            (first, end) = (first / 2, end / 2);
        }
    }

    /// Gives out the entries whose range holds the value.
    pub(super) fn propose(&self, value: View<'_>, mut found: impl FnMut(&[u32])) {
        let Some(Ok(number)) = value.number().map(|number| number.parse::<f64>()) else { return };
        let mut node = self.filled(self.places() + self.place(number));
        while node > 0 {
            found(self.nodes.get(node));
            node = self.filled(node / 2);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_finds_the_ranges_that_hold_it_and_no_others() {
        let limit = |at: i32, is_inside| (at % 7 != 0).then_some(Limit { at: f64::from(at) / 2.0, is_inside });
        let all = (0..400_u32).map(|n| {
            let low = i32::try_from(n % 23).unwrap();
            (Range { low: limit(low, n % 2 == 0), high: limit(low + i32::try_from(n % 5).unwrap(), n % 3 == 0) }, n)
        });
        let wanted: Vec<(Range, u32)> = all.collect();
        let ranges = Ranges::new(0, &wanted);
        for number in -2..64 {
            let number = f64::from(number) / 4.0;
            let holds = |range: &Range| {
                range.low.is_none_or(|low| number > low.at || low.is_inside && number >= low.at)
                    && range.high.is_none_or(|high| number < high.at || high.is_inside && number <= high.at)
            };
            let expected: Vec<u32> = wanted.iter().filter(|(range, _)| holds(range)).map(|(_, entry)| *entry).collect();
            let mut found = Vec::new();
            let value = crate::event::Value::float(number);
            ranges.propose(value.view(), |entries| found.extend_from_slice(entries));
            found.sort_unstable();
            assert_eq!(found, expected, "{number}");
        }
    }
}
