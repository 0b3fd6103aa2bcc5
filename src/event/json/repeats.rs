//! Finds objects that may have a key twice, by fingerprints of the keys.

/// A key of an object: equal names have one fingerprint, different ones hardly ever.
#[derive(Clone, Copy)]
pub struct Key {
    pub fingerprint: u64,
    pub entry: u32,
}

/// Tells whether any two keys have one fingerprint, in a table that all objects of a body use in turn.
#[derive(Default)]
pub struct Repeats {
    table: Vec<u64>,
}

impl Repeats {
    /// Fewer keys are compared each with each.
    const FEW: usize = 8;

    /// Whether two may be alike; also where finding out would take long, so that no body can make it.
    pub fn may_be_in(&mut self, keys: &[Key]) -> bool {
        if keys.len() <= Self::FEW {
            let alike =
                |(n, key): (usize, &Key)| keys.iter().skip(n + 1).any(|other| other.fingerprint == key.fingerprint);
            return keys.iter().enumerate().any(alike);
        }
        let size = (2 * keys.len()).next_power_of_two();
        self.table.clear();
        self.table.resize(size, 0);
        let mut steps_left = 4 * keys.len();
        for key in keys {
            let wanted = key.fingerprint.max(1);
            #[expect(clippy::cast_possible_truncation, reason = "the low bits say where to begin")]
            let mut at = wanted as usize % size;
            while let Some(cell) = self.table.get_mut(at).filter(|cell| **cell != 0) {
                if *cell == wanted || steps_left == 0 {
                    return true;
                }
                steps_left -= 1;
                at = (at + 1) % size;
            }
            self.table.get_mut(at).into_iter().for_each(|cell| *cell = wanted);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(fingerprints: impl Iterator<Item = u64>) -> Vec<Key> {
        fingerprints.map(|fingerprint| Key { fingerprint, entry: 0 }).collect()
    }

    #[test]
    fn different_keys_are_not_alike_though_they_begin_at_one_cell() {
        let mut repeats = Repeats::default();
        // In a table of 256 cells, also behind its last one.
        let different = || (1..=100).chain([257, 513, 255, 511, 767]);
        assert!(!repeats.may_be_in(&keys(different())));
        for again in different() {
            assert!(repeats.may_be_in(&keys(different().chain([again]))), "{again}");
        }
    }

    #[test]
    fn a_few_keys_are_compared_each_with_each() {
        for few in 0..Repeats::FEW as u64 {
            assert!(!Repeats::default().may_be_in(&keys(0..few)));
            (0..few).for_each(|n| assert!(Repeats::default().may_be_in(&keys((0..few).chain([n])))));
        }
    }

    #[test]
    fn keys_that_all_begin_at_one_cell_are_taken_for_alike_before_it_takes_long() {
        assert!(Repeats::default().may_be_in(&keys((1..=100).map(|n| n << 32))));
    }
}
