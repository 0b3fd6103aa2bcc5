//! The key of one file in one run of the program: seals its records, and makes the digests of its people.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{hkdf, rand};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::zeroize::Zeroizing;

use crate::telemetry::PersonKey;

/// Length of a key in bytes.
pub const KEY_BYTES: usize = 32;
/// Length of what proves that a record is as it was written, at its end, in bytes.
pub const TAG_BYTES: usize = 16;
/// Length of a key's name in bytes.
const NAME_BYTES: usize = 8;
/// Bytes of the key that digests are made with.
pub const DIGEST_KEY_BYTES: usize = 16;

/// The bytes of a key, overwritten when they are dropped.
pub type KeyBytes = Zeroizing<[u8; KEY_BYTES]>;

/// By what one key is told from all others: random, and of no use for opening anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyName(pub [u8; NAME_BYTES]);

/// A file's key.
pub struct FileKey {
    name: KeyName,
    seal: LessSafeKey,
    digest: PersonKey,
}

impl std::fmt::Debug for FileKey {
    /// Says which key it is, never what it is.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FileKey({})", self.name)
    }
}

impl KeyName {
    pub fn read(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }
}

impl std::fmt::Display for KeyName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

/// A new name and new bytes.
///
/// # Errors
/// When the machine gives no random bytes.
pub fn random() -> Result<(KeyName, KeyBytes), &'static str> {
    let (mut name, mut bytes) = ([0; NAME_BYTES], Zeroizing::new([0; KEY_BYTES]));
    let filled = rand::fill(&mut name).and_then(|()| rand::fill(bytes.as_mut_slice()));
    filled.map(|()| (KeyName(name), bytes)).map_err(|_| "the machine gives no random bytes")
}

/// A key for one purpose, from a key that has several (HKDF, RFC 5869).
pub fn derived(bytes: &[u8; KEY_BYTES], purpose: &str) -> Option<KeyBytes> {
    let mut out = Zeroizing::new([0; KEY_BYTES]);
    let key = hkdf::Salt::new(hkdf::HKDF_SHA256, &[]).extract(bytes);
    let purposes = [purpose.as_bytes()];
    key.expand(&purposes, hkdf::HKDF_SHA256).and_then(|key| key.fill(out.as_mut_slice())).ok()?;
    Some(out)
}

/// The key of digests, which are `SipHash-2-4`: made for short texts, and they tell no more than whether two are equal.
pub fn digest_bytes(bytes: &[u8; KEY_BYTES]) -> Option<[u8; DIGEST_KEY_BYTES]> {
    derived(bytes, "hookgate journal: digests of persons")?.get(..DIGEST_KEY_BYTES)?.try_into().ok()
}

impl FileKey {
    /// Derives both keys; `None` where the library takes none of these bytes, which never happens.
    pub fn of(name: KeyName, bytes: &[u8; KEY_BYTES]) -> Option<Self> {
        let seal = derived(bytes, "hookgate journal: records")?;
        let seal = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, seal.as_slice()).ok()?);
        Some(Self { name, seal, digest: PersonKey::new(digest_bytes(bytes)?) })
    }

    pub fn name(&self) -> KeyName {
        self.name
    }

    /// By which a person's records are found: of an id, a login or an address, without spaces around it, in any case.
    pub fn digest(&self, text: &str) -> u64 {
        self.digest.digest(text)
    }

    /// Seals the text of record `number`, in place, its tag at the end; `clear` must be the same when it is opened. No two
    /// texts may ever have one number.
    pub fn seal(&self, number: u64, clear: &str, text: &mut Vec<u8>) -> Option<()> {
        self.seal.seal_in_place_append_tag(nonce(number), Aad::from(clear.as_bytes()), text).ok()
    }

    /// Opens what was sealed; `None` when it, its number or `clear` is not what it was.
    pub fn open<'s>(&self, number: u64, clear: &str, sealed: &'s mut [u8]) -> Option<&'s [u8]> {
        self.seal.open_in_place(nonce(number), Aad::from(clear.as_bytes()), sealed).ok().map(|text| &*text)
    }
}

fn nonce(number: u64) -> Nonce {
    let mut bytes = [0; NONCE_LEN];
    bytes.iter_mut().rev().zip(number.to_le_bytes()).for_each(|(to, byte)| *to = byte);
    Nonce::assume_unique_for_key(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_opened_by_its_key_its_number_and_its_clear_part_alone() {
        let key = |byte: u8| FileKey::of(KeyName([byte; NAME_BYTES]), &[byte; KEY_BYTES]).unwrap();
        let sealed = |number| {
            let mut text = b"Asha Rao".to_vec();
            key(1).seal(number, "clear", &mut text).unwrap();
            assert_eq!(text.len(), 8 + TAG_BYTES);
            text
        };
        assert_eq!(key(1).open(7, "clear", &mut sealed(7)), Some(b"Asha Rao".as_slice()));
        assert_ne!(sealed(7), sealed(8), "each number has a nonce of its own");
        assert_ne!(sealed(1), sealed(1 << 32), "all of the number counts");
        assert_eq!(key(1).open(8, "clear", &mut sealed(7)), None);
        assert_eq!(key(1).open(7, "other", &mut sealed(7)), None);
        assert_eq!(key(2).open(7, "clear", &mut sealed(7)), None);
        let mut changed = sealed(7);
        changed[0] ^= 1;
        assert_eq!(key(1).open(7, "clear", &mut changed), None);
        assert_eq!(key(1).open(7, "clear", &mut []), None);
    }

    #[test]
    fn equal_names_have_equal_digests_in_one_file_and_in_no_two() {
        let key = |byte: u8| FileKey::of(KeyName([byte; NAME_BYTES]), &[byte; KEY_BYTES]).unwrap();
        assert_eq!(key(1).digest("asha.rao"), key(1).digest(" Asha.Rao "));
        assert_eq!(key(1).digest("Müller"), key(1).digest("Mu\u{308}ller"), "two forms of a text are one");
        assert_ne!(key(1).digest("asha.rao"), key(1).digest("asha.rap"));
        assert_ne!(key(1).digest("asha.rao"), key(2).digest("asha.rao"));
        assert_eq!(KeyName::read(&KeyName([9; NAME_BYTES]).to_string()), Some(KeyName([9; NAME_BYTES])));
    }
}
