//! Opens what gateway.yaml names for the outbox: store, keys and receivers.

use std::sync::Arc;

use tokio::runtime::Handle;

use super::destination::Destination;
use super::outbox::Outbox;
use super::seal::Seal;
use super::settings::{Settings, StoreAt};
use super::sqlite::{Embedded, NotBegun, Place, own, taken};
use super::store::{Store, Trouble};
use crate::diagnostic::{Diagnostic, Report, code};
use crate::outside::Credential;
use crate::telemetry::traces::Tracer;

impl Outbox {
    /// Makes the outbox ready; its couriers begin on this runtime with [`Outbox::start`]. A store that cannot be used now
    /// is no reason not to start: events that send something are turned away until it can be.
    ///
    /// # Errors
    /// Credentials and files that are not there, and what this build does not speak; all of them at once.
    pub fn open(settings: &Settings, handle: Handle, tracer: &Tracer) -> Result<Self, Report> {
        let mut report = Report::default();
        let inside = handle.enter();
        let mut receivers = Vec::new();
        for destination in &settings.destinations {
            match destination.open() {
                Ok(receiver) => receivers.push((destination.clone(), receiver)),
                Err(trouble) => report.push(unusable(destination, trouble)),
            }
        }
        let seal = match seal(&settings.encryption_keys) {
            Ok(seal) => seal,
            Err(why) => {
                let finding = Diagnostic::nowhere(&code::DESTINATION_UNUSABLE, why);
                report
                    .push(finding.help("`openssl rand -base64 32` makes a key; write where it stands: `${env:NAME}`"));
                None
            }
        };
        if let StoreAt::File(file) = &settings.store {
            own(file, settings.mode);
        }
        let stores = own_store(settings).and_then(|store| Ok((store, memory(settings)?)));
        drop(inside);
        match stores {
            Ok((store, memory)) if !report.has_errors() => {
                Ok(Self::of(settings, receivers, store, memory, seal.map(Arc::new), handle, tracer))
            }
            Ok(_) => Err(report),
            Err(trouble) => {
                let finding = Diagnostic::nowhere(&code::DESTINATION_UNUSABLE, trouble.message);
                report.push(finding.help(trouble.help));
                Err(report)
            }
        }
    }
}

/// The store that settings name, for an operator too.
///
/// # Errors
/// When it cannot be made ready, or this build does not speak it.
pub fn store(settings: &Settings) -> Result<Arc<dyn Store>, Trouble> {
    match &settings.store {
        StoreAt::File(file) => embedded(Place::File(file.clone()), &settings.name),
        #[cfg(feature = "postgres")]
        StoreAt::Postgres(at) => Ok(Arc::new(super::postgres::Postgres::open(at, &settings.name)?)),
        #[cfg(not(feature = "postgres"))]
        StoreAt::Postgres(_) => Err(Trouble {
            message: "this hookgate was built without PostgreSQL".to_owned(),
            help: "build it with `--features full`".to_owned(),
        }),
    }
}

/// The same for a gateway: one in a file it has alone.
fn own_store(settings: &Settings) -> Result<Arc<dyn Store>, Trouble> {
    let StoreAt::File(file) = &settings.store else { return store(settings) };
    match Embedded::alone(file.clone(), &settings.name) {
        Ok(store) => Ok(Arc::new(store)),
        Err(NotBegun::Taken) => Err(taken(file)),
        Err(NotBegun::NoThread(error)) => Err(no_thread(&error)),
    }
}

/// A store in memory, of the same name.
pub(super) fn memory(settings: &Settings) -> Result<Arc<dyn Store>, Trouble> {
    embedded(Place::Memory, &settings.name)
}

fn embedded(place: Place, outbox: &str) -> Result<Arc<dyn Store>, Trouble> {
    match Embedded::named(place, outbox) {
        Ok(store) => Ok(Arc::new(store)),
        Err(error) => Err(no_thread(&error)),
    }
}

fn no_thread(error: &std::io::Error) -> Trouble {
    Trouble {
        message: format!("the operating system gives no thread for the outbox: {error}"),
        help: "raise the limit of threads".to_owned(),
    }
}

/// The keys, each read from where it stands; `None` without one.
///
/// # Errors
/// Which of them cannot be used, and why.
pub fn seal(keys: &[Credential]) -> Result<Option<Seal>, String> {
    let read = |(n, key): (usize, &Credential)| {
        let seal = key.resolve().map_err(|why| why.0).and_then(|key| Seal::read(&key).map_err(|why| why.0.to_owned()));
        seal.map_err(|why| match keys.len() {
            1 => format!("`outbox.encryption_key` cannot be used: {why}"),
            _ => format!("key {} of `outbox.encryption_key` cannot be used: {why}", n + 1),
        })
    };
    let seals: Vec<Seal> = keys.iter().enumerate().map(read).collect::<Result<_, String>>()?;
    Ok(seals.into_iter().reduce(Seal::and_opens))
}

/// A destination that keeps hookgate from starting.
pub(super) fn unusable(destination: &Destination, trouble: Trouble) -> Diagnostic {
    let message = format!("destination `{}` cannot be used: {}", destination.name, trouble.message);
    Diagnostic::error(&code::DESTINATION_UNUSABLE, destination.place.clone(), message).help(trouble.help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_cannot_be_used_is_told_by_its_number_where_there_are_several() {
        let (good, short) = ("AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=", "c2hvcnQ=");
        let wrong = |key: &str| Err(format!("{key} cannot be used: the key is not 32 bytes long"));
        for (keys, wanted) in [
            (&[][..], Ok(false)),
            (&[good], Ok(true)),
            (&[good, good], Ok(true)),
            (&[short], wrong("`outbox.encryption_key`")),
            (&[short, good], wrong("key 1 of `outbox.encryption_key`")),
            (&[good, short], wrong("key 2 of `outbox.encryption_key`")),
        ] {
            let keys: Vec<Credential> = keys.iter().map(|key| Credential::read(key).unwrap()).collect();
            assert_eq!(seal(&keys).map(|seal| seal.is_some()), wanted);
        }
    }
}
