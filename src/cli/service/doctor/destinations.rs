//! Tests destinations and the outbox: connects without sending, writes without leaving anything.

use std::time::Duration;

use futures_util::future::{join, join_all};
use url::Url;

use super::tried::{Kind, Tried, Wrong};
use crate::outbox::{Destination, Settings, StoreAt, Target, Trouble, open, probe};
use crate::outside::Credential;

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
    let attempt = async { open(destination).map_err(wrong)?.probe().await.map_err(wrong) };
    Tried::within(limit, Kind::Destination, &destination.name, address(&destination.target), attempt).await
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

/// Where it leads, as far as that is no secret: what follows the host of a chat's address is one.
fn address(target: &Target) -> String {
    match target {
        Target::Http(target) => origin(&target.address),
        Target::Nats(target) => target.address.clone(),
        Target::File(target) => target.file.display().to_string(),
    }
}

fn origin(address: &Credential) -> String {
    use secrecy::ExposeSecret as _;
    let url = address.resolve().ok().and_then(|address| Url::parse(address.expose_secret()).ok());
    url.map_or("unknown".to_owned(), |url| url.origin().ascii_serialization())
}
