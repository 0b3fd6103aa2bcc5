//! Random texts that nobody guesses, and the hashes by which they are kept: who reads the memory learns none that counts.

use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// The machine gives no random bytes.
#[derive(Debug)]
pub(super) struct NoRandom;

/// What is kept in place of a secret text.
pub(super) type Hash = [u8; 32];

pub(super) fn bytes<const N: usize>() -> Result<[u8; N], NoRandom> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| NoRandom)?;
    Ok(bytes)
}

/// 256 bits, in letters that may stand in a URL and in a cookie.
pub(super) fn text() -> Result<String, NoRandom> {
    Ok(URL_SAFE_NO_PAD.encode(bytes::<32>()?))
}

pub(super) fn hash(text: &str) -> Hash {
    Sha256::digest(text.as_bytes()).into()
}

/// Whether both are the same, in a time that says nothing.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    hash(one).ct_eq(&hash(other)).into()
}

/// Whether a text has this hash, in a time that says nothing.
pub(super) fn has_hash(text: &str, kept: &Hash) -> bool {
    hash(text).ct_eq(kept).into()
}
