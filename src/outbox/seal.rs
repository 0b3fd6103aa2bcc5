//! Bodies with secrets at rest: AES-256-GCM, each under a nonce of its own, bound to what it belongs to.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use super::parcel::Body;

/// Length of a key in bytes.
const KEY_BYTES: usize = 32;

/// The key of an outbox.
pub struct Seal {
    key: RandomizedNonceKey,
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
        let bytes = STANDARD.decode(text.expose_secret().trim()).map_err(|_| NoSeal("the key is no Base64"))?;
        if bytes.len() != KEY_BYTES {
            return Err(NoSeal("the key is not 32 bytes long"));
        }
        let key = RandomizedNonceKey::new(&AES_256_GCM, &bytes).map_err(|_| NoSeal("the key cannot be used"))?;
        let pepper = Sha256::digest([b"hookgate: fingerprints of events".as_slice(), &bytes].concat()).into();
        Ok(Self { key, pepper })
    }

    /// What fingerprints of events with secrets are made with: of this key alone, and of no use for opening bodies.
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
    /// When it was sealed with another key, belongs to something else, or was changed.
    pub fn open(&self, bytes: &[u8], bound_to: &str) -> Result<String, NoSeal> {
        let wrong = NoSeal("the body cannot be decrypted: it was encrypted with another key, or changed since");
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN).ok_or(wrong)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| wrong)?;
        let mut sealed = sealed.to_vec();
        let opened = self.key.open_in_place(nonce, Aad::from(bound_to.as_bytes()), &mut sealed).map_err(|_| wrong)?;
        String::from_utf8(opened.to_vec()).map_err(|_| wrong)
    }
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
        assert!(Seal::read(&"c2hvcnQ=".to_owned().into()).is_err());
    }
}
