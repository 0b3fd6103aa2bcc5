//! Tests whether the collector can be reached, without sending anything, since it would keep whatever it gets.

use super::settings::{NoTracer, Settings};
use crate::outside::{AddressGuard, NoClient, Tls, probe_connection};

/// Connects to this address as spans would be brought to it.
///
/// # Errors
/// When there is no way to it, or its certificate is not valid.
pub async fn probe(address: &str, settings: &Settings) -> Result<String, NoTracer> {
    let tls = Tls { ca: settings.ca.clone(), ..Tls::default() };
    probe_connection(address, &AddressGuard::of_nothing(), &tls).await.map(str::to_owned).map_err(unreachable)
}

fn unreachable(why: NoClient) -> NoTracer {
    let help = "check host, port and certificate, and that the collector takes OTLP over HTTP, most often on port 4318";
    NoTracer { message: why.message, help: why.help.unwrap_or(help).to_owned() }
}
