//! Parts of an outbox that a test plays: a receiver that does as it is told and remembers, and deliveries to store.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use hookgate::diagnostic::{File, Place};
use hookgate::outbox::{
    Attempt, Body, Destination, FileTarget, NewDeliveries, NewDelivery, Opened, Receiver, Schedule,
};
use hookgate::outside::Mode;

/// What the receiver does with a delivery: key, body and the number of times it came before.
type Script = dyn Fn(&str, &str, usize) -> Attempt + Send + Sync;

pub struct Played {
    script: Box<Script>,
    /// Key and body of everything that came, in order.
    pub came: Mutex<Vec<(String, String)>>,
}

impl std::fmt::Debug for Played {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Played")
    }
}

impl Played {
    pub fn new(script: impl Fn(&str, &str, usize) -> Attempt + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { script: Box::new(script), came: Mutex::default() })
    }

    /// Takes everything.
    pub fn takes_all() -> Arc<Self> {
        Self::new(|_, _, _| Attempt::Arrived)
    }

    pub fn bodies(&self) -> Vec<String> {
        self.came.lock().unwrap().iter().map(|(_, body)| body.clone()).collect()
    }

    pub fn keys(&self) -> Vec<String> {
        self.came.lock().unwrap().iter().map(|(key, _)| key.clone()).collect()
    }
}

impl Receiver for Played {
    fn send<'s>(&'s self, opened: Opened<'s>) -> BoxFuture<'s, Attempt> {
        Box::pin(async move {
            let (key, body) = (opened.delivery.key.clone(), opened.body.to_owned());
            let before = self.came.lock().unwrap().iter().filter(|(known, _)| *known == key).count();
            self.came.lock().unwrap().push((key.clone(), body.clone()));
            (self.script)(&key, &body, before)
        })
    }
}

/// A destination with the usual manners; where it leads does not matter.
pub fn destination(name: &str) -> Destination {
    Destination {
        name: name.to_owned(),
        place: Place { file: Arc::new(File::new("gateway.yaml", "")), span: 0..0 },
        target: Arc::new(FileTarget { file: "unused".into(), rotate_bytes: 1 << 20, keep_files: 1, mode: Mode::OWN }),
        accepts_secrets: false,
        markup: None,
        is_markup_guessed: false,
        at_once: 4,
        per_second: 0,
        timeout: Duration::from_secs(1),
        schedule: Schedule::default(),
    }
}

/// An event with one delivery for `to`, the only one of its stream.
pub fn new_deliveries(event: &str, ordering_key: &str, to: &str, at_ms: i64) -> NewDeliveries {
    let body = Body { bytes: format!("\"{event}\"").into_bytes(), is_sealed: false };
    let delivery = NewDelivery { to: to.to_owned(), ordering_key: ordering_key.to_owned(), body };
    NewDeliveries {
        event: event.to_owned(),
        stream: event.to_owned(),
        nonce: String::new(),
        hook: "postCreateUser".to_owned(),
        person: ordering_key.to_owned(),
        at_ms,
        window_ms: 60_000,
        trace: String::new(),
        deliveries: vec![delivery],
    }
}
