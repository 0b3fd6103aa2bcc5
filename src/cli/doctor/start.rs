//! What keeps `serve` from starting beside connections, destinations and rules: looked at by what `serve` itself starts with.

use super::tried::Wrong;
use crate::config::Settings;
use crate::journal::Key;
use crate::server::{admin_obstacle, obstacles};

/// Something of gateway.yaml that cannot be used as it is, by its name.
#[derive(Clone, Debug)]
pub(super) struct Obstacle {
    pub name: &'static str,
    pub wrong: Wrong,
}

/// All of it.
pub(super) fn looked_at(settings: &Settings) -> Vec<Obstacle> {
    let of_server = obstacles(&settings.server, &settings.tenant.hooks).into_iter().map(|error| {
        let wrong = Wrong { message: error.to_string(), help: error.help().map(str::to_owned) };
        Obstacle { name: "serve", wrong }
    });
    let of_admin = admin_obstacle(&settings.server.admin).map(|error| {
        let wrong = Wrong { message: error.to_string(), help: Some(error.help().to_owned()) };
        Obstacle { name: "admin", wrong }
    });
    of_server.chain(of_admin).chain(journal(settings)).collect()
}

/// A key of the journal that is named and cannot be used. One that is made at the start is no obstacle.
fn journal(settings: &Settings) -> Option<Obstacle> {
    let named = settings.journal.file.as_ref().and(settings.journal.key.as_ref());
    let trouble = named.and_then(|_| Key::existing(&settings.journal).err())?;
    Some(Obstacle { name: "journal", wrong: Wrong { message: trouble.message, help: Some(trouble.help) } })
}
