//! The signature of Standard Webhooks: proves that a delivery comes from here, unchanged and recently.
//!
//! standardwebhooks.com, version 1: HMAC-SHA256 over id, time and body.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};

/// Shortest key, in bytes.
const KEY_LEAST_BYTES: usize = 16;

/// Keys that sign: during a rotation each of them does.
pub struct Signature {
    keys: Vec<Key>,
}

impl std::fmt::Debug for Signature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signature({})", self.keys.len())
    }
}

impl Signature {
    /// Keys in Base64, with or without `whsec_` in front.
    ///
    /// # Errors
    /// When one is none, or too short.
    pub fn new(keys: &[SecretString]) -> Result<Self, &'static str> {
        let key = |text: &SecretString| {
            let text = text.expose_secret().trim();
            let bytes = STANDARD.decode(text.strip_prefix("whsec_").unwrap_or(text));
            let bytes = bytes.map_err(|_| "a key of the signature is not Base64")?;
            if bytes.len() < KEY_LEAST_BYTES {
                return Err("a key of the signature is shorter than 16 bytes");
            }
            Ok(Key::new(HMAC_SHA256, &bytes))
        };
        Ok(Self { keys: keys.iter().map(key).collect::<Result<_, _>>()? })
    }

    /// The header's value for a body that is sent at this time.
    #[must_use]
    pub fn of(&self, id: &str, seconds: i64, body: &[u8]) -> String {
        let signed = [format!("{id}.{seconds}.").as_bytes(), body].concat();
        let signatures = self.keys.iter().map(|key| format!("v1,{}", STANDARD.encode(sign(key, &signed))));
        signatures.collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example that the specification's page works out.
    #[test]
    fn the_published_example_comes_out() {
        let keys = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned().into()];
        let signature = Signature::new(&keys).unwrap();
        let body = br#"{"test": 2432232314}"#;
        assert_eq!(
            signature.of("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn each_key_of_a_rotation_signs() {
        let key = |byte: u8| SecretString::from(STANDARD.encode([byte; 24]));
        let both = Signature::new(&[key(1), key(2)]).unwrap().of("id", 1, b"body");
        let old = Signature::new(&[key(2)]).unwrap().of("id", 1, b"body");
        assert_eq!(both.split(' ').count(), 2);
        assert!(both.ends_with(&old));
        assert!(Signature::new(&["c2hvcnQ=".to_owned().into()]).is_err());
    }
}
