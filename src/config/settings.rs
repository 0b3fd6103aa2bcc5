//! One value for all settings: what each room is set to.

use crate::rule::Tenant;
use crate::{gateway, journal, lookup, outbox, server, telemetry};

/// What every room is set to.
#[derive(Clone, Debug)]
pub struct Settings {
    pub server: server::Settings,
    pub gateway: gateway::Settings,
    pub telemetry: telemetry::Settings,
    pub lookup: lookup::Settings,
    pub outbox: outbox::Settings,
    pub journal: journal::Settings,
    /// What the rules are compiled against.
    pub tenant: Tenant,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            server: server::Settings::default(),
            gateway: gateway::Settings::default(),
            telemetry: telemetry::Settings::default(),
            lookup: lookup::Settings::default(),
            outbox: outbox::Settings::default(),
            journal: journal::Settings::default(),
            tenant: Tenant::standard(),
        }
    }
}
