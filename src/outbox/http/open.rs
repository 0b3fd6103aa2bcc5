//! The kind of receiver for HTTP: declares it and opens one.

use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret as _;
use url::Url;

use super::receiver::HttpReceiver;
use super::settings::{HttpTarget, KEYS, markup};
use crate::outbox::destination::{ReceiverKind, Target};
use crate::outbox::receiver::Receiver;
use crate::outbox::store::Trouble;
use crate::outside::Credential;

pub const KIND: ReceiverKind = ReceiverKind {
    words: &["http", "slack", "teams"],
    example: "`http: https://…`, `slack:`, `teams:`",
    keys: &KEYS,
    read: |rows, node| Some(Arc::new(HttpTarget::read(rows, node)?)),
    markup,
};

impl Target for HttpTarget {
    fn address(&self) -> String {
        origin(&self.address)
    }

    fn open(&self, _: Duration) -> Result<Arc<dyn Receiver>, Trouble> {
        Ok(Arc::new(HttpReceiver::open(self)?))
    }
}

fn origin(address: &Credential) -> String {
    let url = address.resolve().ok().and_then(|address| Url::parse(address.expose_secret()).ok());
    url.map_or("unknown".to_owned(), |url| url.origin().ascii_serialization())
}
