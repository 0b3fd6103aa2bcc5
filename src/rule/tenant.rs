//! What rules are compiled against: the hooks that may call, and the connections that lookups may ask.

use std::collections::BTreeMap;

use super::lookup::ConnectionKind;
use crate::event::Hooks;

/// What gateway.yaml says that rules depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    pub hooks: Hooks,
    /// The kind of each connection, by its name.
    pub connections: BTreeMap<String, ConnectionKind>,
}

impl Tenant {
    /// The platform's twelve hooks and no connection.
    #[must_use]
    pub fn standard() -> Self {
        Self::of(Hooks::standard())
    }

    /// These hooks and no connection.
    #[must_use]
    pub fn of(hooks: Hooks) -> Self {
        Self { hooks, connections: BTreeMap::new() }
    }
}
