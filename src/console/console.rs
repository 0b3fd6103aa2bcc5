//! The console as the admin listener calls it, and what its pages read.

use std::path::PathBuf;
use std::sync::Arc;

use actix_web::HttpResponse;
use futures_util::future::LocalBoxFuture;
use jiff::tz::TimeZone;

use super::asked::Asked;
use super::now::Peers;
use super::setup::SetUp;
use super::used::Used;
use super::{assets, routes};
use crate::config::Settings;
use crate::server::{Site, Visit, Watched};
use crate::telemetry::PersonKey;

/// What the pages read: what runs, and the settings it was started with.
#[derive(Debug)]
pub struct Console {
    pub(super) watched: Watched,
    pub(super) settings: Settings,
    /// The file gateway.yaml, where one was read.
    pub(super) config: Option<PathBuf>,
    /// Who used the console for what.
    pub(super) used: Used,
    /// What came of the buttons of *Set up*.
    pub(super) setup: SetUp,
    /// Other gateways.
    pub(super) peers: Peers,
}

impl Console {
    /// The console of a running gateway.
    #[must_use]
    pub fn new(watched: Watched, settings: Settings, config: Option<PathBuf>) -> Self {
        let people = watched.gateway.people().unwrap_or_else(PersonKey::random);
        let used = Used::new(settings.state_folder().as_deref(), people);
        let peers = Peers::open(&settings.server.admin.peers);
        Self { watched, settings, config, used, setup: SetUp::default(), peers }
    }

    /// The zone in which times are shown.
    pub(super) fn zone(&self) -> &TimeZone {
        &self.settings.server.calendar.zone
    }
}

impl Site for Console {
    fn answer(self: Arc<Self>, visit: Visit) -> LocalBoxFuture<'static, HttpResponse> {
        Box::pin(async move {
            if let Some(asset) = assets::answer(visit.request.path()) {
                return asset;
            }
            let asked = Asked::of(&visit);
            routes::answer(self, asked).await.into_response(&visit)
        })
    }
}
