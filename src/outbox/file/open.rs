//! The kind of receiver for files: declares it and opens one.

use std::sync::Arc;
use std::time::Duration;

use super::receiver::FileReceiver;
use super::settings::{FileTarget, KEYS};
use crate::outbox::destination::{ReceiverKind, Target, Usual};
use crate::outbox::receiver::Receiver;
use crate::outbox::store::Trouble;

pub const KIND: ReceiverKind = ReceiverKind {
    words: &["file"],
    example: "`file: NAME.jsonl`",
    keys: &KEYS,
    read: |rows, node| Some(Arc::new(FileTarget::read(rows, node)?)),
    markup: |_| Usual::None,
};

impl Target for FileTarget {
    fn address(&self) -> String {
        self.file.display().to_string()
    }

    fn open(&self, _: Duration) -> Result<Arc<dyn Receiver>, Trouble> {
        Ok(Arc::new(FileReceiver::new(self.clone())))
    }
}
