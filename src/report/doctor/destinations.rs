//! Tests destinations and the outbox: connects without sending, writes without leaving anything.

use std::time::Duration;

use futures_util::future::{join, join_all};

use super::tried::{Kind, Tried, Wrong};
use crate::outbox::{Destination, Settings, StoreAt, Trouble, probe};

/// All destinations at once, and behind them the outbox; nothing where rules may send nothing.
pub async fn tried(settings: &Settings, limit: Duration) -> Vec<Tried> {
    if settings.destinations.is_empty() {
        return Vec::new();
    }
    let destinations = join_all(settings.destinations.iter().map(|destination| receiver(destination, limit)));
    let (mut tried, outbox) = join(destinations, outbox(settings, limit)).await;
    tried.push(outbox);
    tried
}

async fn receiver(destination: &Destination, limit: Duration) -> Tried {
    let attempt = async { destination.open().map_err(wrong)?.probe().await.map_err(wrong) };
    Tried::within(limit, Kind::Destination, &destination.name, destination.target.address(), attempt).await
}

async fn outbox(settings: &Settings, limit: Duration) -> Tried {
    let address = match &settings.store {
        StoreAt::File(file) => file.display().to_string(),
        StoreAt::Postgres(store) => store.address.clone(),
    };
    let attempt = async { probe(settings).await.map_err(wrong) };
    Tried::within(limit, Kind::Outbox, "outbox", address, attempt).await
}

fn wrong(Trouble { message, help }: Trouble) -> Wrong {
    Wrong { message, help: Some(help) }
}
