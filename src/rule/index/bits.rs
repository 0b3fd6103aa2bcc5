//! A set of positions that finds its next member without visiting the others.

/// Positions below a limit, in two levels: a bit a position, and above it a bit for every word that is not empty.
#[derive(Debug)]
pub(super) struct Bits {
    words: Vec<u64>,
    summary: Vec<u64>,
}

const WORD: usize = u64::BITS as usize;

impl Bits {
    /// An empty set of positions below `limit`.
    pub(super) fn new(limit: usize) -> Self {
        let words = limit.div_ceil(WORD);
        Self { words: vec![0; words], summary: vec![0; words.div_ceil(WORD)] }
    }

    pub(super) fn insert(&mut self, position: usize) {
        let at = position / WORD;
        if let Some(word) = self.words.get_mut(at) {
            *word |= 1 << (position % WORD);
        }
        if let Some(word) = self.summary.get_mut(at / WORD) {
            *word |= 1 << (at % WORD);
        }
    }

    /// The first position in the set that is not before `from`.
    pub(super) fn next(&self, from: usize) -> Option<usize> {
        next_in(&self.words, from, from / WORD + 1).or_else(|| {
            let word = next_in(&self.summary, from / WORD + 1, self.summary.len())?;
            next_in(&self.words, word * WORD, word + 1)
        })
    }
}

/// The first bit at or behind `from` that is set, in the words before `end`.
fn next_in(words: &[u64], from: usize, end: usize) -> Option<usize> {
    let first = from / WORD;
    let mut mask = u64::MAX << (from % WORD);
    for (n, word) in words.iter().enumerate().take(end).skip(first) {
        let found = word & mask;
        if found != 0 {
            return Some(n * WORD + found.trailing_zeros() as usize);
        }
        mask = u64::MAX;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_position_is_found_in_its_order_however_far_apart() {
        let positions = [0, 1, 63, 64, 4_095, 4_096, 70_000, 99_999];
        let mut bits = Bits::new(100_000);
        positions.iter().rev().for_each(|position| bits.insert(*position));
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(position) = bits.next(from) {
            found.push(position);
            from = position + 1;
        }
        assert_eq!(found, positions);
    }
}
