//! Connectivity probe: opens the TCP or TLS connection, and closes it without sending a request.

use std::error::Error;
use std::fmt;

use tower::BoxError;
use tower::util::AndThenLayer;

use super::address_guard::{AddressGuard, system};
use super::client::{NoClient, Tls, builder, built, told};

/// Connects as a [`Client`](super::Client) of this address would, and sends nothing: of a request not even its first line.
/// What was found is told in words. A server may still turn down a client certificate when the first request comes.
///
/// # Errors
/// When there is no way to the address, or its certificate is not valid.
pub async fn probe_connection(address: &str, guard: &AddressGuard, tls: &Tls) -> Result<&'static str, NoClient> {
    let (builder, address) = builder(address, guard, tls, system())?;
    let client = built(builder.connector_layer(AndThenLayer::new(close)))?;
    let found = match address.scheme() {
        "https" => "connected, its certificate is valid; nothing was sent",
        _ => "connected without encryption; nothing was sent",
    };
    match client.head(address).send().await {
        Err(error) if is_opened(&error) => Ok(found),
        Err(error) => Err(NoClient::new(told(&error))),
        Ok(_) => Err(NoClient::new("the connection was not closed in time")),
    }
}

/// Somebody opened: the connection ends here, as a failure that [`is_opened`] knows.
async fn close<C>(connection: C) -> Result<C, BoxError> {
    drop(connection);
    Err(Opened.into())
}

fn is_opened(error: &reqwest::Error) -> bool {
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.is::<Opened>() {
            return true;
        }
        source = cause.source();
    }
    false
}

/// The connection stood.
#[derive(Clone, Copy, Debug)]
struct Opened;

impl fmt::Display for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection stood")
    }
}

impl Error for Opened {}
