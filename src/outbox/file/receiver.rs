//! Appends each delivery to a file as a synced line of JSON, and rotates the file when it grows too large.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde_json::json;
use serde_json::value::RawValue;

use super::appendable::appendable;
use super::settings::FileTarget;
use crate::outbox::receiver::{Opened, Receiver};
use crate::outbox::retry::{Attempt, Failed};
use crate::outbox::store::Trouble;
use crate::outside::LineFile;

/// A file that takes deliveries.
#[derive(Debug)]
pub struct FileReceiver {
    target: FileTarget,
    /// One line after the other.
    turn: Arc<Mutex<()>>,
}

impl FileReceiver {
    /// The file is opened with each delivery.
    #[must_use]
    pub fn new(target: FileTarget) -> Self {
        Self { target, turn: Arc::default() }
    }
}

impl Receiver for FileReceiver {
    fn send<'s>(&'s self, opened: Opened<'s>) -> BoxFuture<'s, Attempt> {
        let line = line(&opened);
        let (target, turn) = (self.target.clone(), Arc::clone(&self.turn));
        Box::pin(async move {
            let write = move || {
                let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
                write(&target, &line)
            };
            match tokio::task::spawn_blocking(write).await {
                Ok(Ok(())) => Attempt::Arrived,
                Ok(Err(error)) => Attempt::Failed(Failed::of_receiver(format!("the file cannot be written: {error}"))),
                Err(_) => Attempt::Failed(Failed::of_receiver("writing the file broke down")),
            }
        })
    }

    fn probe(&self) -> BoxFuture<'_, Result<String, Trouble>> {
        let file = self.target.file.clone();
        Box::pin(async move {
            match tokio::task::spawn_blocking(move || appendable(&file)).await {
                Ok(Ok(true)) => Ok("can be appended to; nothing was written".to_owned()),
                Ok(Ok(false)) => Ok("not there yet; its folder can be written".to_owned()),
                Ok(Err(error)) => Err(unwritable(&error)),
                Err(_) => Err(unwritable(&"looking at it broke down")),
            }
        })
    }
}

fn unwritable(why: &dyn std::fmt::Display) -> Trouble {
    Trouble {
        message: format!("the file cannot be written: {why}"),
        help: "see that its folder is there and that hookgate's user may write it".to_owned(),
    }
}

/// The delivery as one line: when, which, about whom, and what.
fn line(opened: &Opened<'_>) -> String {
    let delivery = opened.delivery;
    let time = Timestamp::from_millisecond(delivery.created_ms).map_or(String::new(), |time| time.to_string());
    let body = RawValue::from_string(opened.body.replace(['\n', '\r'], " ")).ok();
    let head =
        json!({ "time": time, "key": delivery.key, "hook": delivery.hook, "person": delivery.person }).to_string();
    let body = body.as_ref().map_or("null", |body| body.get());
    format!("{},\"body\":{body}}}\n", head.trim_end_matches('}'))
}

fn write(target: &FileTarget, line: &str) -> io::Result<()> {
    let FileTarget { file, keep_files, rotate_bytes, mode } = target.clone();
    let growing = LineFile { file, keep_files, mode, is_synced: true };
    growing.append(line, |length| length + line.len() as u64 > rotate_bytes)
}
