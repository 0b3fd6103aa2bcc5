//! Fingerprints: a number that equal texts share and different ones hardly ever.

const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// The fingerprint of some bytes. It is not unpredictable: use it where equal ones are compared afterwards.
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
