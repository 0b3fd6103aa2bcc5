//! Whether deliveries could be stored now: opened, written and synced, and nothing of it left.

use super::appendable::appendable;
use super::outbox::{seal, store};
use super::settings::{Settings, StoreAt};
use super::store::Trouble;
use super::trial::written;

/// Tries the store and the key of these settings: what was found, in words. A file that is not there is not made.
///
/// # Errors
/// What keeps deliveries from being stored, and what to do.
pub async fn probe(settings: &Settings) -> Result<String, Trouble> {
    if let Some(key) = &settings.encryption_key {
        let help = "an encryption key is 32 bytes in Base64: `openssl rand -base64 32`";
        let unusable =
            |why: String| Trouble { message: format!("its key cannot be used: {why}"), help: help.to_owned() };
        seal(key).map_err(unusable)?;
    }
    let found = match &settings.store {
        StoreAt::File(file) if !file.exists() => {
            appendable(file).map_err(|error| Trouble {
                message: format!("it is not there and cannot be made: {error}"),
                help: "see that its folder is there and that hookgate's user may write it".to_owned(),
            })?;
            "not there yet; its folder can be written".to_owned()
        }
        at => {
            let count = written(&*store(at)?).await?;
            format!("written and synced; {} waiting, {} dead", count.waiting, count.dead)
        }
    };
    Ok(format!("{found}{}", of_secrets(settings)))
}

fn of_secrets(settings: &Settings) -> &'static str {
    let takes_secrets = settings.destinations.iter().any(|destination| destination.accepts_secrets);
    match (takes_secrets, &settings.encryption_key) {
        (false, _) => "",
        (true, Some(_)) => "; bodies with secrets are encrypted",
        (true, None) => "; bodies with secrets are kept in memory only",
    }
}
