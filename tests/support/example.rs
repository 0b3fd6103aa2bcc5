//! An example as its readers run it: its rules with the settings beside them, and in place of the platform one that this process plays.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use hookgate::gateway::Gateway;
use hookgate::rule::Sources;

use super::outside::Outside;
use super::platform::Platform;
use super::server::gateway_of_folder;

/// The platform's address in the examples.
const ADDRESS: &str = "\"https://tenant.cymmetri.example\"";

/// A gateway that asks, and the platform it asks.
pub struct Asking {
    pub outside: Outside,
    pub platform: Platform,
}

/// The rules of an example that asks the platform, about the people in users.json.
pub fn asking(rules: &Path) -> Asking {
    let read = |name: &str| fs::read_to_string(rules.with_file_name(name)).unwrap();
    let platform = Platform::new(&serde_json::from_str(&read("users.json")).unwrap());
    let settings = read("gateway.yaml");
    assert!(settings.contains(ADDRESS), "{settings}");
    let played = format!("\"http://{}\", allow: [127.0.0.1]", platform.address);
    let outside = Outside::of(&settings.replace(ADDRESS, &played), &Sources::read(rules).unwrap());
    Asking { outside, platform }
}

/// The gateway of any example, with the platform where it asks one.
pub fn gateway(rules: &Path) -> (Arc<Gateway>, Option<Platform>) {
    if !rules.with_file_name("users.json").exists() {
        return (Arc::new(gateway_of_folder(rules)), None);
    }
    let Asking { outside, platform } = asking(rules);
    (outside.gateway, Some(platform))
}
