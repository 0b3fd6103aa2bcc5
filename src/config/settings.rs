//! One value for all settings: what each room is set to.

use crate::event::Hooks;
use crate::{gateway, server, telemetry};

/// What every room is set to.
#[derive(Clone, Debug)]
pub struct Settings {
    pub server: server::Settings,
    pub gateway: gateway::Settings,
    pub telemetry: telemetry::Settings,
    pub hooks: Hooks,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            server: server::Settings::default(),
            gateway: gateway::Settings::default(),
            telemetry: telemetry::Settings::default(),
            hooks: Hooks::standard(),
        }
    }
}
