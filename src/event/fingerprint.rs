//! Fingerprints: a number that equal texts share and different ones hardly ever.
//!
//! They are not unpredictable: use them where equal ones are compared afterwards, and where a caller who sends colliding
//! texts gains nothing.

use std::hash::Hasher;

const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// The fingerprint of some bytes.
#[must_use]
pub fn fingerprint(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let tail = rest.iter().fold(bytes.len() as u64, |tail, byte| tail << 8 | u64::from(*byte));
    let sum = words
        .iter()
        .fold(tail.wrapping_mul(MIX), |sum, word| (sum.rotate_left(23) ^ u64::from_le_bytes(*word)).wrapping_mul(MIX));
    sum ^ sum >> 32
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
