//! Tests the keys that a token issuer publishes: fetches them once, as authentication does.

use std::time::Duration;

use futures_util::future::join_all;

use super::tried::{Kind, Tried, Wrong};
use crate::server::{AuthSettings, JwksSettings, Trouble, probe_jwks};

/// Those of each `jwks` under `auth`, once for each address.
pub async fn tried(settings: &AuthSettings, limit: Duration) -> Vec<Tried> {
    let mut all: Vec<&JwksSettings> = settings.all_jwt().filter_map(|jwt| jwt.jwks.as_ref()).collect();
    all.sort_by(|one, other| one.address.cmp(&other.address));
    all.dedup_by(|one, other| one.address == other.address);
    let wrong = |Trouble { message, help }| Wrong { message, help: Some(help.to_owned()) };
    let tried = |jwks: &JwksSettings| {
        let (address, jwks) = (jwks.address.clone(), jwks.clone());
        let attempt = async move { probe_jwks(&jwks).await.map_err(wrong) };
        Tried::within(limit, Kind::Jwks, "auth.jwt", address, attempt)
    };
    join_all(all.into_iter().map(tried)).await
}
