//! OpenID Connect: sends people to their provider, and believes what it says of them once all of it fits.

mod flow;
mod identity;
mod pending;
mod provider;

pub(super) use flow::{Arrived, Oidc};
