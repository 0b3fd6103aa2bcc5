//! What the pages of the console read.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::now::Peers;
use super::past::Past;
use super::playground::InForce;
use super::rules::Examined;
use super::setup::SetUp;
use super::used::Used;
use super::work::{Apart, Jobs, Refreshed};
use crate::config::Settings;
use crate::engine::testing::case::Surroundings;
use crate::journal::Hits;
use crate::server::Watched;
use crate::telemetry::PersonKey;

/// What the pages read: what runs, and the settings it was started with.
#[derive(Debug)]
pub struct Console {
    pub(super) watched: Watched,
    pub(super) settings: Settings,
    /// Who used the console for what.
    pub(super) used: Used,
    /// Heavy work, with progress.
    pub(super) jobs: Jobs,
    /// Rules that are checked and tried while their author waits.
    pub(super) apart: Apart,
    /// The files of the rules in force.
    pub(super) in_force: Arc<InForce>,
    /// What came of the tests of the rules in force, by their hash.
    pub(super) tests: Refreshed<String, Examined>,
    /// How often each rule decided.
    pub(super) hits: Refreshed<(), Result<Arc<Hits>, String>>,
    /// Past decisions.
    pub(super) past: Past,
    /// What came of the buttons of *Set up*.
    pub(super) setup: SetUp,
    /// Other gateways.
    pub(super) peers: Peers,
}

impl Console {
    /// The console of a running gateway.
    #[must_use]
    pub fn new(watched: Watched, settings: Settings) -> Self {
        let people = watched.gateway.people().unwrap_or_else(PersonKey::random);
        let used = Used::new(settings.state_folder().as_deref(), people);
        let peers = Peers::open(&settings.server.admin.peers);
        Self {
            watched,
            settings,
            used,
            jobs: Jobs::default(),
            apart: Apart::default(),
            in_force: Arc::default(),
            tests: Refreshed::default(),
            hits: Refreshed::default(),
            past: Past::default(),
            setup: SetUp::default(),
            peers,
        }
    }

    /// The zone in which times are shown.
    pub(super) fn zone(&self) -> &TimeZone {
        &self.settings.server.calendar.zone
    }

    /// What tests and analyses run in: the clock, the calendar of gateway.yaml.
    pub(super) fn surroundings(&self) -> Surroundings {
        self.settings.surroundings()
    }
}
