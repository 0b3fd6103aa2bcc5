//! Who asks for a page of the console.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use super::rights::Rights;
use super::sessions::Session;

/// Who asks for a page of the console.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The name, as it is recorded with what is done.
    pub name: String,
    pub rights: Rights,
    session: Arc<Session>,
}

impl Visitor {
    pub(super) fn of(session: Arc<Session>) -> Self {
        Self { name: session.name.clone(), rights: session.rights, session }
    }

    /// What each form carries as the field `csrf`: 43 letters, the same for the whole session.
    #[must_use]
    pub fn csrf(&self) -> &str {
        self.session.csrf()
    }

    /// How many event streams the session has open; whoever opens one counts it here.
    #[must_use]
    pub fn streams(&self) -> &Arc<AtomicUsize> {
        &self.session.streams
    }

    /// False once the session has ended, by time or by logout: event streams end then.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.session.is_live()
    }
}
