//! What one method found about one call, in words for the log; never a token or a secret.

use super::reason::Reason;

/// What one method found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::server) struct Verdict {
    /// As in gateway.yaml.
    pub(in crate::server) method: &'static str,
    /// Whether it changes nothing.
    pub(in crate::server) observe: bool,
    pub(in crate::server) found: Found,
}

/// Why a caller is let in, or why not.
pub(in crate::server) type Found = Result<String, Refused>;

/// A reason with what was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::server) struct Refused {
    pub(in crate::server) reason: Reason,
    pub(in crate::server) why: String,
}

impl Refused {
    pub(super) fn new(reason: Reason, why: impl Into<String>) -> Self {
        Self { reason, why: why.into() }
    }
}

impl Verdict {
    /// A sentence without its point.
    pub(in crate::server) fn why(&self) -> &str {
        match &self.found {
            Ok(why) => why,
            Err(refused) => &refused.why,
        }
    }

    /// One word for the log.
    pub(in crate::server) fn word(&self) -> &'static str {
        match (&self.found, self.observe) {
            (Ok(_), false) => "accepted",
            (Err(_), false) => "refused",
            (Ok(_), true) => "would be accepted",
            (Err(_), true) => "would be refused",
        }
    }
}
