//! `instance` of gateway.yaml: the name of this gateway in the log and in records.

use std::fs;

use crate::config::value::Value;

/// What stands for the machine's name.
const HOST: &str = "${host}";
/// Where Linux says it.
const HOST_FILE: &str = "/proc/sys/kernel/hostname";

/// What the setting is where nobody sets it.
pub fn usual() -> Option<String> {
    Some(HOST.to_owned())
}

/// Takes in the name; null is none. A variable of the environment is a text: there the word says it.
pub fn put_instance(there: &mut Option<String>, value: &mut Value<'_, '_>) {
    if value.node.is_null() || value.node.scalar() == Some("null") {
        *there = None;
    } else if let Some(name) = value.named("gateway", "write a name, `${host}` in it for that of the machine, or null")
    {
        *there = Some(name.to_owned());
    }
}

/// The name on this machine; none where nothing is left of it.
pub fn on_this_machine(written: &str) -> Option<String> {
    let name = if written.contains(HOST) { written.replace(HOST, &host()) } else { written.to_owned() };
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

/// The machine's name; in a container that of the container. Empty where nobody knows it.
#[must_use]
pub fn host() -> String {
    let named = fs::read_to_string(HOST_FILE).ok().or_else(|| std::env::var("HOSTNAME").ok());
    named.map(|name| name.trim().to_owned()).unwrap_or_default()
}
