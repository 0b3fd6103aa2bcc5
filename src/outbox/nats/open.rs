//! The kind of receiver for NATS JetStream: declares it and opens one.

use std::sync::Arc;
use std::time::Duration;

use super::settings::{KEYS, NatsTarget};
use crate::outbox::destination::{ReceiverKind, Target, Usual};
use crate::outbox::receiver::Receiver;
use crate::outbox::store::Trouble;

pub const KIND: ReceiverKind = ReceiverKind {
    words: &["nats"],
    example: "`nats: nats://…`",
    keys: &KEYS,
    read: |rows, node| Some(Arc::new(NatsTarget::read(rows, node)?)),
    markup: |_| Usual::None,
};

impl Target for NatsTarget {
    fn address(&self) -> String {
        self.address.clone()
    }

    #[cfg(feature = "nats")]
    fn open(&self, timeout: Duration) -> Result<Arc<dyn Receiver>, Trouble> {
        Ok(Arc::new(super::receiver::NatsReceiver::open(self, timeout)?))
    }

    #[cfg(not(feature = "nats"))]
    fn open(&self, _: Duration) -> Result<Arc<dyn Receiver>, Trouble> {
        Err(Trouble {
            message: "this hookgate was built without NATS".to_owned(),
            help: "build it with `--features full`".to_owned(),
        })
    }
}
