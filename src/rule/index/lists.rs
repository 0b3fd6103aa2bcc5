//! Many lists of entries, stored in one vector.

/// Lists by their numbers.
#[derive(Debug, Default)]
pub(super) struct Lists {
    /// Where each list begins; the next one's beginning is its end.
    starts: Vec<u32>,
    entries: Vec<u32>,
}

impl Lists {
    /// Puts together `count` lists from pairs of a list's number and an entry.
    pub(super) fn new(count: usize, mut pairs: Vec<(u32, u32)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let mut starts = Vec::with_capacity(count + 1);
        for list in 0..=count {
            let start = pairs.partition_point(|(of, _)| (*of as usize) < list);
            starts.push(narrow(start));
        }
        Self { starts, entries: pairs.into_iter().map(|(_, entry)| entry).collect() }
    }

    /// The list at `number`, ascending.
    pub(super) fn get(&self, number: usize) -> &[u32] {
        let bound = |number: usize| self.starts.get(number).map_or(self.entries.len(), |start| *start as usize);
        self.entries.get(bound(number)..bound(number + 1)).unwrap_or_default()
    }
}

/// Entries are counted in 32 bits: four thousand million rules do not fit a machine.
pub(super) fn narrow(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}
