//! Connecting to databases over the network: address, login, and columns that hold JSON.

use secrecy::{ExposeSecret as _, SecretString};

use super::settings::SqlTarget;
use crate::event::{Document, Value};
use crate::lookup::source::{Fault, Trouble};
use crate::outside::relay::Server;
use crate::outside::{NoClient, client_config};

/// Deepest nesting of a column that holds JSON.
const DEPTH_LIMIT: usize = 64;
/// How long a probe may take, in milliseconds.
pub const PROBE_LIMIT_MS: u64 = 5_000;

/// Where the database is, and whom to believe there: the authorities of the system and those under `ca`, as they are now.
pub fn server(target: &SqlTarget, port: u16) -> Result<Server, Trouble> {
    let address = address(target)?;
    let untrusting =
        |why: NoClient| Trouble { fault: Fault::Access, message: why.message, help: why.help.map(str::to_owned) };
    let tls = target.is_encrypted.then(|| client_config(target.ca.as_deref()).map_err(untrusting)).transpose()?;
    Ok(Server { host: address.host.to_owned(), port: address.port.unwrap_or(port), tls })
}

/// Host, port and database of an address `scheme://host[:port]/database`.
pub struct Address<'a> {
    pub host: &'a str,
    pub port: Option<u16>,
    pub database: &'a str,
}

pub fn address(target: &SqlTarget) -> Result<Address<'_>, Trouble> {
    let wrong = || {
        let trouble = Trouble::new(Fault::Question, "the address is no `scheme://host/database`");
        trouble.help(
            "write for example `postgres://hr.corp.example/hr`, with `:PORT` behind the host if it is an unusual one",
        )
    };
    let (_, rest) = target.address.split_once("://").ok_or_else(wrong)?;
    let (host, database) = rest.split_once('/').ok_or_else(wrong)?;
    let is_plain = !database.is_empty() && !database.contains(['/', '?', '#']);
    let (host, port) = match host.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port.parse().map_err(|_| wrong())?)),
        _ => (host, None),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    if host.is_empty() || !is_plain { Err(wrong()) } else { Ok(Address { host, port, database }) }
}

/// A text that holds JSON, as the value it means.
pub fn json(text: String) -> Result<Value<'static>, Trouble> {
    let document = Document::read(text.into_bytes(), DEPTH_LIMIT)
        .map_err(|why| Trouble::new(Fault::Answer, format!("a value is not JSON that can be read: {why}")))?;
    Ok(Value::Source(document.root()).into_static())
}

/// The password, for a client that wants it plain.
pub fn exposed(secret: &SecretString) -> &str {
    secret.expose_secret()
}
