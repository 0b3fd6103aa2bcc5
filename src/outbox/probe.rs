//! Tests whether deliveries could be stored: opens, writes and syncs the store, and leaves nothing behind.

use super::file::appendable;
use super::opening::{seal, store};
use super::settings::{Settings, StoreAt};
use super::store::Trouble;
use super::store_probe::written;

/// Tries the store and the key of these settings: what was found, in words. A file that is not there is not made.
///
/// # Errors
/// What keeps deliveries from being stored, and what to do.
pub async fn probe(settings: &Settings) -> Result<String, Trouble> {
    let help = "an encryption key is 32 bytes in Base64: `openssl rand -base64 32`";
    seal(&settings.encryption_keys).map_err(|message| Trouble { message, help: help.to_owned() })?;
    let found = match &settings.store {
        StoreAt::File(file) if !file.exists() => {
            appendable(file).map_err(|error| Trouble {
                message: format!("it is not there and cannot be made: {error}"),
                help: "see that its folder is there and that hookgate's user may write it".to_owned(),
            })?;
            "not there yet; its folder can be written".to_owned()
        }
        StoreAt::File(_) | StoreAt::Postgres(_) => {
            let count = written(&*store(settings)?).await?;
            format!("written and synced; {} waiting, {} dead", count.waiting, count.dead)
        }
    };
    Ok(format!("{found}{}", of_secrets(settings)))
}

fn of_secrets(settings: &Settings) -> &'static str {
    let takes_secrets = settings.destinations.iter().any(|destination| destination.accepts_secrets);
    match (takes_secrets, settings.encryption_keys.first()) {
        (false, _) => "",
        (true, Some(_)) => "; bodies with secrets are encrypted",
        (true, None) if settings.memory_for_secrets => {
            "; bodies with secrets are kept in memory, and a stop loses them"
        }
        (true, None) => "; rules may send no secrets: neither `encryption_key` nor `memory_for_secrets: true` is set",
    }
}
