//! The settings while they are decoded; a later setting replaces an earlier one.

use super::section::{Manners, Named};
use super::settings::Settings;
use crate::diagnostic::Place;
use crate::event::secret::SecretNames;

/// Settings as far as they have been taken in.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) settings: Settings,
    pub(super) manners: Manners,
    pub(super) secrets: SecretNames,
    /// Where the names of `settings` stand: none may be that of a secret, of which all are known at the end.
    pub(super) settings_at: Vec<(String, Place)>,
    /// Where certificates are asked for, under `auth` and under `auth.for`.
    pub(super) certificates: [Vec<Place>; 2],
    /// Hooks and prefixes of `auth.for`.
    pub(super) named: Vec<Named>,
}
