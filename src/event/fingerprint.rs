//! Fingerprints: equal texts have the same number, and different texts hardly ever do.
//!
//! They are not unpredictable: use them where equal ones are compared afterwards, and where a caller who sends colliding
//! texts gains nothing.

use std::hash::Hasher;

const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
/// The bit of each byte of a word that no ASCII character has.
const HIGHEST_BITS: u64 = 0x8080_8080_8080_8080;

/// The fingerprint of some bytes.
#[must_use]
pub fn fingerprint(bytes: &[u8]) -> u64 {
    with_all_bits(bytes).0
}

/// The fingerprint of a text that is ASCII; it is found out on the way.
#[must_use]
pub fn ascii_fingerprint(text: &str) -> Option<u64> {
    let (sum, bits) = with_all_bits(text.as_bytes());
    (bits & HIGHEST_BITS == 0).then_some(sum)
}

/// The fingerprint, and the bits that are set in any byte at any place of a word.
fn with_all_bits(bytes: &[u8]) -> (u64, u64) {
    let (words, rest) = bytes.as_chunks::<8>();
    let (mut tail, mut bits) = (bytes.len() as u64, 0);
    for byte in rest {
        tail = tail << 8 | u64::from(*byte);
        bits |= u64::from(*byte);
    }
    let mut sum = tail.wrapping_mul(MIX);
    for word in words {
        let word = u64::from_le_bytes(*word);
        sum = (sum.rotate_left(23) ^ word).wrapping_mul(MIX);
        bits |= word;
    }
    (sum ^ sum >> 32, bits)
}

/// One fingerprint for two, which stand in this order.
#[must_use]
pub fn mixed(first: u64, second: u64) -> u64 {
    let product = (first.rotate_left(29) ^ second).wrapping_mul(MIX);
    product ^ product >> 32
}

/// For maps whose keys are rule authors' texts, or fingerprints already.
#[derive(Debug, Default)]
pub struct Quick(u64);

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = fingerprint(bytes);
    }

    /// Ends a text; fingerprints know their length.
    fn write_u8(&mut self, _: u8) {}

    fn write_u64(&mut self, fingerprint: u64) {
        self.0 = fingerprint;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// Texts of up to twenty letters, with one beyond ASCII at no place, at one or at two.
    #[test]
    fn a_text_that_is_ascii_has_its_fingerprint_and_any_other_has_none() {
        for length in 0..20 {
            for (first, second) in (0..=length).flat_map(|first| (0..=length).map(move |second| (first, second))) {
                let letter = |n: usize| if n == first || n == second { 'é' } else { 'a' };
                let text: String = (0..length).map(letter).collect();
                let wanted = text.is_ascii().then(|| fingerprint(text.as_bytes()));
                assert_eq!(ascii_fingerprint(&text), wanted, "{text}");
            }
        }
    }

    #[test]
    fn different_texts_and_pairs_have_different_fingerprints() {
        let letters = ["", "\0", "\0\0", "a", "b", "ab", "ba", "abcdefgh", "bbcdefgh", "abcdefghabcdefgh", "é", "ê"];
        let texts = letters.iter().flat_map(|first| letters.map(|second| format!("{first}{second}")));
        let mut known = HashMap::new();
        for text in texts {
            let before = known.insert(fingerprint(text.as_bytes()), text.clone());
            assert!(before.as_ref().is_none_or(|before| *before == text), "{before:?} and {text:?}");
        }
        let pairs: HashMap<_, _> = (0..64_u64).flat_map(|a| (0..64).map(move |b| (mixed(a, b), (a, b)))).collect();
        assert_eq!(pairs.len(), 64 * 64, "the order counts");
    }
}
