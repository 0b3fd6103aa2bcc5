//! All settings: one value with a part for each room.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::overridden::Overridden;
use super::section::instance;
use crate::engine::testing::case::Surroundings;
use crate::rule::Tenant;
use crate::{gateway, journal, lookup, outbox, server, telemetry};

/// What every room is set to.
#[derive(Clone, Debug)]
pub struct Settings {
    /// By which the log and records tell this gateway from others. `${host}` stands for the machine's name until
    /// [`super::load`] puts it there; none where nobody wants one, or the machine has none.
    pub instance: Option<String>,
    pub server: server::Settings,
    pub gateway: gateway::Settings,
    pub telemetry: telemetry::Settings,
    pub lookup: lookup::Settings,
    pub outbox: outbox::Settings,
    pub journal: journal::Settings,
    /// What the rules are compiled against.
    pub tenant: Tenant,
    /// Settings of the file that something else overrides, in the order in which they are told.
    pub overridden: Vec<Overridden>,
}

impl Settings {
    /// What tests and analyses of rules run in: the clock of now, the calendar of gateway.yaml.
    #[must_use]
    pub fn surroundings(&self) -> Surroundings {
        Surroundings { now: Timestamp::now(), calendar: self.server.calendar.clone(), rounds: self.lookup.round_limit }
    }

    /// The folder in which rules and the rows of tables survive a restart: `reload.state`, or where the journal is, or the outbox.
    #[must_use]
    pub fn state_folder(&self) -> Option<PathBuf> {
        let beside = |file: &PathBuf| file.parent().map(Path::to_owned);
        let outbox = match &self.outbox.store {
            outbox::StoreAt::File(file) => Some(file),
            outbox::StoreAt::Postgres(_) => None,
        };
        match &self.gateway.state {
            gateway::StateAt::Beside => self.journal.file.as_ref().or(outbox).and_then(beside),
            gateway::StateAt::Folder(folder) => Some(folder.clone()),
            gateway::StateAt::Nowhere => None,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            instance: instance::usual(),
            server: server::Settings::default(),
            gateway: gateway::Settings::default(),
            telemetry: telemetry::Settings::default(),
            lookup: lookup::Settings::default(),
            outbox: outbox::Settings::default(),
            journal: journal::Settings::default(),
            tenant: Tenant::standard(),
            overridden: Vec::new(),
        }
    }
}
