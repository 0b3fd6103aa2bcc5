//! Drops the deliveries that name a person, so that nothing of them stays in the file.

use tokio::runtime::Builder;

use super::super::exit::Failure;
use super::opened::{opened, trouble};
use crate::config::Settings;
use crate::journal::Person;
use crate::outbox::{Change, Seal, StoreAt, StoredDelivery, Wanted, scrub, seal};

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    pub count: u64,
    /// Deliveries that could not be opened.
    pub sealed: u64,
}

/// What deliveries are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Drop,
    Count,
}

/// Drops what waits, and dead letters, that name a person.
///
/// # Errors
/// When the outbox cannot be used.
pub fn dropped(settings: &Settings, person: &Person, purpose: Purpose) -> Result<Dropped, Failure> {
    let file = match &settings.outbox.store {
        StoreAt::File(file) if !file.exists() => return Ok(Dropped::default()),
        StoreAt::File(file) => Some(file),
        StoreAt::Postgres(_) => None,
    };
    let seal = seal(&settings.outbox.encryption_keys).map_err(Failure::message)?;
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| Failure::message(format!("the operating system gives no runtime: {error}")))?;
    let dropped = runtime.block_on(async {
        let store = opened(&settings.outbox)?;
        let mut dropped = Dropped::default();
        for row in store.find(Wanted::default()).await.map_err(trouble)? {
            let delivery = &row.delivery;
            let body = body(delivery, seal.as_ref());
            dropped.sealed += u64::from(body.is_none());
            let is_about = [&delivery.person, &delivery.ordering_key].into_iter().any(|text| person.is_named_by(text))
                || body.is_some_and(|body| person.is_named_in(&body));
            if is_about {
                let wanted = Wanted { key: Some(delivery.key.clone()), ..Wanted::default() };
                dropped.count += match purpose {
                    Purpose::Drop => store.change(wanted, Change::Drop, store.now_ms()).await.map_err(trouble)?,
                    Purpose::Count => 1,
                };
            }
        }
        Ok(dropped)
    });
    if let (Some(file), Purpose::Drop) = (file, purpose) {
        scrub(file).map_err(trouble)?;
    }
    dropped
}

fn body(delivery: &StoredDelivery, seal: Option<&Seal>) -> Option<String> {
    match delivery.body.is_sealed {
        true => seal?.open(&delivery.body.bytes, &delivery.to).ok(),
        false => String::from_utf8(delivery.body.bytes.clone()).ok(),
    }
}
