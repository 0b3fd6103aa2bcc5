//! The keys that an issuer of tokens publishes, tried: fetched once, as the gate does.

use std::time::Duration;

use crate::server::{AuthSettings, Trouble, probe_jwks};

use super::tried::{Kind, Tried, Wrong};

/// Those of `auth.jwt.jwks`; none where it is not set.
pub(super) async fn tried(settings: &AuthSettings, limit: Duration) -> Option<Tried> {
    let jwks = settings.jwt.as_ref()?.what.jwks.as_ref()?;
    let wrong = |Trouble { message, help }| Wrong { message, help: Some(help.to_owned()) };
    let attempt = async { probe_jwks(jwks).await.map_err(wrong) };
    Some(Tried::within(limit, Kind::Jwks, "auth.jwt", jwks.address.clone(), attempt).await)
}
