//! Records the results of conditions on secrets, each under a digest of the condition.
//!
//! A digest, since a rule may have a secret's own text.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::engine::OnSecret;

/// Bytes of the digest that are kept: two questions of one event share one by chance once in 2^64 events.
const DIGEST_BYTES: usize = 16;

/// What came of it: `true`, `false`, or what went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RecordedOnSecret {
    Found(bool),
    Unreadable { unreadable: String },
    Failed { failed: String },
}

/// A question as records name it: what it is about, and a digest of what was asked of it.
#[must_use]
pub fn name_of(asked: &str) -> String {
    let about = asked.lines().next().unwrap_or_default();
    let digest = format!("{:x}", Sha256::digest(asked.as_bytes()));
    format!("{about} {digest:.0$}", 2 * DIGEST_BYTES)
}

impl RecordedOnSecret {
    /// All that had one outcome.
    #[must_use]
    pub fn all(outcomes: &[(String, Option<OnSecret>)]) -> BTreeMap<String, Self> {
        outcomes.iter().filter_map(|(asked, outcome)| Some((name_of(asked), Self::of(outcome.as_ref()?)))).collect()
    }

    fn of(outcome: &OnSecret) -> Self {
        match outcome {
            OnSecret::No => Self::Found(false),
            OnSecret::Yes => Self::Found(true),
            OnSecret::Unreadable(why) => Self::Unreadable { unreadable: why.clone() },
            OnSecret::Failed(why) => Self::Failed { failed: why.clone() },
        }
    }

    /// The same for those who decide.
    #[must_use]
    pub fn outcome(&self) -> OnSecret {
        match self {
            Self::Found(false) => OnSecret::No,
            Self::Found(true) => OnSecret::Yes,
            Self::Unreadable { unreadable } => OnSecret::Unreadable(unreadable.clone()),
            Self::Failed { failed } => OnSecret::Failed(failed.clone()),
        }
    }
}
