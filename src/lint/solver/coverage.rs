//! Whether earlier conditions take every event of a later one, and how few of them do.

use super::clause::Clause;
use super::search::{Budget, Found, Wish, search_any};

/// Most conditions that are tried to be left out.
const TRIED: usize = 50;

/// Those of the candidates that together leave nothing to what is required, as few as they can be; `None` where
/// something is left, or where nobody is required in the first place.
pub fn takers<'c, 'r: 'c>(
    required: &[Clause<'r>],
    candidates: &[usize],
    clause: impl Fn(usize) -> Option<&'c Clause<'r>>,
    budget: &mut Budget,
) -> Option<Vec<usize>> {
    let mut leave_nothing = |by: &[usize]| {
        let avoid: Vec<&Clause<'r>> = by.iter().filter_map(|place| clause(*place)).collect();
        matches!(search_any(required, &avoid, Wish::Any, budget), Found::Never)
    };
    if candidates.is_empty() || leave_nothing(&[]) {
        return None;
    }
    if let Some(one) = candidates.iter().find(|place| leave_nothing(&[**place])) {
        return Some(vec![*one]);
    }
    if candidates.len() < 2 || !leave_nothing(candidates) {
        return None;
    }
    let mut needed = candidates.to_vec();
    for place in candidates.iter().take(TRIED) {
        let without: Vec<usize> = needed.iter().copied().filter(|other| other != place).collect();
        if leave_nothing(&without) {
            needed = without;
        }
    }
    Some(needed)
}
