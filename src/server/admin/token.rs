//! Checks the admin token; where none is set, callers on this machine are allowed.

use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::error::AdminError;
use super::settings::AdminSettings;
use crate::outside::Credential;

/// The token as it is now; none where everybody may ask.
#[derive(Debug)]
pub(super) struct Token(Option<Credential>);

impl Token {
    /// Reads the token from where it stands.
    ///
    /// # Errors
    /// When it is not there or empty.
    pub(super) fn open(settings: &AdminSettings) -> Result<Self, AdminError> {
        let Some(credential) = &settings.token else { return Ok(Self(None)) };
        let token = credential.resolve().map_err(|why| AdminError::Token(why.0))?;
        match token.expose_secret() {
            "" => Err(AdminError::Token("it is empty".to_owned())),
            _ => Ok(Self(Some(credential.clone()))),
        }
    }

    /// Whether one is set, so that not everybody may ask.
    pub(super) fn is_set(&self) -> bool {
        self.0.is_some()
    }

    /// Whether who sends these headers may ask. Hashes are compared: the time it takes says nothing about the token, nor about
    /// its length.
    pub(super) fn is_known(&self, headers: &HeaderMap) -> bool {
        let Some(credential) = &self.0 else { return true };
        let Ok(token) = credential.resolve() else { return false };
        let hash = |secret: &[u8]| -> [u8; 32] { Sha256::digest(secret).into() };
        let presented = bearer(headers).unwrap_or_default();
        let is_same = hash(token.expose_secret().as_bytes()).ct_eq(&hash(presented));
        is_same.into()
    }
}

fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let value = headers.get(AUTHORIZATION)?.as_bytes();
    let (scheme, token) = value.split_at_checked("Bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then(|| token.trim_ascii())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn only_the_token_itself_is_known() {
        let token = Token(Credential::read("s3cret").ok());
        let is_known = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
            token.is_known(&headers)
        };
        for right in ["Bearer s3cret", "bearer s3cret", "Bearer  s3cret "] {
            assert!(is_known(right), "{right}");
        }
        for wrong in
            ["", "Bearer", "Bearer ", "s3cret", "Basic s3cret", "Bearer s3cre", "Bearer s3crets", "Bearer S3CRET"]
        {
            assert!(!is_known(wrong), "{wrong}");
        }
        assert!(!token.is_known(&HeaderMap::new()));
        assert!(Token(None).is_known(&HeaderMap::new()));
    }
}
