//! Authenticates a call by a static secret, compared in constant time.

use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq as _};

use super::trouble::Trouble;
use crate::outside::Credential;

/// Secrets of which one must be presented. Only their hashes are kept, which also hides how long they are.
#[derive(Clone)]
pub(super) struct Secrets(Vec<[u8; 32]>);

impl Secrets {
    /// Reads them from where they stand; `setting` says whose they are.
    pub(super) fn open(setting: &str, credentials: &[Credential], is_fit: fn(&str) -> bool) -> Result<Self, Trouble> {
        let hash = |credential| -> Result<[u8; 32], Trouble> {
            let secret = resolved(setting, credential)?;
            let secret = secret.expose_secret();
            if !is_fit(secret) {
                let message = format!("a secret of `{setting}` is empty, or has letters that no header can have");
                return Err(Trouble::new(message, "use letters, digits and signs, without spaces and commas"));
            }
            if secret.len() < SHORT_BYTES {
                let help = "make one with `openssl rand -base64 32`";
                tracing::warn!(setting, help, "a secret has fewer than {SHORT_BYTES} letters and can be guessed");
            }
            Ok(Sha256::digest(secret).into())
        };
        credentials.iter().map(hash).collect::<Result<_, _>>().map(Self)
    }

    /// Whether this is one of them; each is looked at.
    pub(super) fn hold(&self, presented: &[u8]) -> bool {
        let presented: [u8; 32] = Sha256::digest(presented).into();
        let is_any = self.0.iter().fold(Choice::from(0), |is_any, known| is_any | known.ct_eq(&presented));
        is_any.into()
    }
}

/// A secret of fewer is warned of.
const SHORT_BYTES: usize = 16;

/// A credential as it is now.
pub(super) fn resolved(setting: &str, credential: &Credential) -> Result<SecretString, Trouble> {
    let help = "set the variable for the process that runs hookgate, or correct the path";
    credential.resolve().map_err(|why| Trouble::new(format!("a secret of `{setting}` is not there: {}", why.0), help))
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secrets({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_secret_counts_whole_and_nothing_else_does() {
        let written = ["first-secret-of-all", "second", "second-and-more"].map(|text| Credential::read(text).unwrap());
        let secrets = Secrets::open("auth.bearer", &written, |secret| !secret.is_empty()).unwrap();
        for right in ["first-secret-of-all", "second", "second-and-more"] {
            assert!(secrets.hold(right.as_bytes()), "{right}");
        }
        for wrong in ["", "s", "secon", "second-", "second-and-mor", "SECOND", "first-secret-of-allsecond", "second\0"]
        {
            assert!(!secrets.hold(wrong.as_bytes()), "{wrong}");
        }
        assert_eq!(format!("{secrets:?}"), "Secrets(3)");
        assert!(!Secrets::open("auth.bearer", &[], |_| true).unwrap().hold(b""));
        let empty = [Credential::read("").unwrap()];
        assert!(Secrets::open("auth.bearer", &empty, |secret| !secret.is_empty()).is_err());
    }
}
