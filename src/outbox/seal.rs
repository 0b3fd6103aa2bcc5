//! Encrypts stored bodies with secrets: AES-256-GCM, a nonce for each, bound to the delivery it belongs to.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use super::delivery::Body;

/// Length of a key in bytes.
const KEY_BYTES: usize = 32;

/// The keys of an outbox: the first seals, all of them open.
pub struct Seal {
    key: RandomizedNonceKey,
    /// Those that only open: of the time before a rotation, or of the time after it.
    others: Vec<RandomizedNonceKey>,
    pepper: [u8; KEY_BYTES],
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal")
    }
}

/// Why a body cannot be sealed or opened. Says nothing of the key or the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSeal(pub &'static str);

impl Seal {
    /// A key of 32 bytes in Base64, as `openssl rand -base64 32` makes one.
    ///
    /// # Errors
    /// When the text is none.
    pub fn read(text: &SecretString) -> Result<Self, NoSeal> {
        let bytes = STANDARD.decode(text.expose_secret().trim()).map_err(|_| NoSeal("the key is not Base64"))?;
        if bytes.len() != KEY_BYTES {
            return Err(NoSeal("the key is not 32 bytes long"));
        }
        let key = RandomizedNonceKey::new(&AES_256_GCM, &bytes).map_err(|_| NoSeal("the key cannot be used"))?;
        let pepper = Sha256::digest([b"hookgate: fingerprints of events".as_slice(), &bytes].concat()).into();
        Ok(Self { key, others: Vec::new(), pepper })
    }

    /// The same that opens what another key has sealed, too.
    #[must_use]
    pub fn and_opens(mut self, other: Self) -> Self {
        self.others.push(other.key);
        self.others.extend(other.others);
        self
    }

    /// What fingerprints of events with secrets are made with: of the first key alone, and of no use for opening bodies.
    #[must_use]
    pub fn pepper(&self) -> &[u8] {
        &self.pepper
    }

    /// Seals a body; `bound_to` must be the same when it is opened.
    ///
    /// # Errors
    /// When the machine gives no random bytes.
    pub fn close(&self, body: &str, bound_to: &str) -> Result<Body, NoSeal> {
        let mut sealed = body.as_bytes().to_vec();
        let nonce = self
            .key
            .seal_in_place_append_tag(Aad::from(bound_to.as_bytes()), &mut sealed)
            .map_err(|_| NoSeal("the body cannot be encrypted"))?;
        let bytes = [nonce.as_ref().as_slice(), &sealed].concat();
        Ok(Body { bytes, is_sealed: true })
    }

    /// Opens a body.
    ///
    /// # Errors
    /// When it was sealed with none of the keys, belongs to something else, or was changed.
    pub fn open(&self, bytes: &[u8], bound_to: &str) -> Result<String, NoSeal> {
        let opened = [&self.key].into_iter().chain(&self.others).find_map(|key| opened(key, bytes, bound_to));
        opened.ok_or(NoSeal(
            "no key of `outbox.encryption_key` opens it: it was encrypted with another, or changed since",
        ))
    }
}

fn opened(key: &RandomizedNonceKey, bytes: &[u8], bound_to: &str) -> Option<String> {
    let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut sealed = sealed.to_vec();
    let opened = key.open_in_place(nonce, Aad::from(bound_to.as_bytes()), &mut sealed).ok()?;
    String::from_utf8(opened.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_body_is_opened_by_its_key_for_what_it_belongs_to_and_by_nothing_else() {
        let key = |byte: u8| Seal::read(&STANDARD.encode([byte; 32]).into()).unwrap();
        let sealed = key(1).close("Welcome@123", "event").unwrap();
        assert!(sealed.is_sealed && !sealed.bytes.windows(7).any(|part| part == b"Welcome"));
        assert_ne!(sealed, key(1).close("Welcome@123", "event").unwrap(), "each time a nonce of its own");
        assert_eq!(key(1).open(&sealed.bytes, "event").unwrap(), "Welcome@123");
        assert!(key(2).open(&sealed.bytes, "event").is_err());
        assert!(key(1).open(&sealed.bytes, "other").is_err());
        let mut changed = sealed.bytes.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert!(key(1).open(&changed, "event").is_err());
        assert!(key(1).open(b"short", "event").is_err());
        let rotated = key(3).and_opens(key(2).and_opens(key(1)));
        assert_eq!(rotated.open(&sealed.bytes, "event").unwrap(), "Welcome@123");
        let anew = rotated.close("Welcome@124", "event").unwrap();
        assert!(key(3).open(&anew.bytes, "event").is_ok() && key(1).open(&anew.bytes, "event").is_err());
    }

    #[test]
    fn a_key_is_32_bytes_in_base64_and_anything_else_is_told() {
        let read = |text: String| Seal::read(&text.into()).map(|_| ()).map_err(|why| why.0);
        let of = |bytes: usize| STANDARD.encode(vec![7; bytes]);
        assert_eq!(read(of(32)), Ok(()));
        assert_eq!(read(format!(" {}\n", of(32))), Ok(()), "with the line's end of its file");
        for bytes in [0, 5, 16, 31, 33, 64] {
            assert_eq!(read(of(bytes)), Err("the key is not 32 bytes long"), "{bytes}");
        }
        for text in ["%".to_owned(), of(32).replace('=', ""), format!("{0}{0}", of(32))] {
            assert_eq!(read(text.clone()), Err("the key is not Base64"), "{text}");
        }
    }
}
