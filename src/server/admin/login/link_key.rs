//! The one-time key by which `serve` lets the person at its terminal in.

use std::sync::{Mutex, PoisonError};

use super::random::{self, Hash, NoRandom};

/// The hash of the key that opens the console once; none where none was made, or it was used.
#[derive(Debug, Default)]
pub(super) struct LinkKey(Mutex<Option<Hash>>);

impl LinkKey {
    /// A new key; one that was made before opens nothing any more.
    pub(super) fn make(&self) -> Result<String, NoRandom> {
        let key = random::text()?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(random::hash(&key));
        Ok(key)
    }

    /// Whether this is the key, which then opens nothing more.
    pub(super) fn take(&self, key: &str) -> bool {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_right = kept.as_ref().is_some_and(|kept| random::has_hash(key, kept));
        if is_right {
            *kept = None;
        }
        is_right
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_opens_once_and_the_newest_alone_does() {
        let key = LinkKey::default();
        assert!(!key.take(""));
        let (first, second) = (key.make().unwrap(), key.make().unwrap());
        assert!(!key.take(&first) && !key.take("") && key.take(&second) && !key.take(&second));
    }
}
