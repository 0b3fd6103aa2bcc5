//! Publishes each delivery to NATS JetStream under its key; it has arrived when the stream acknowledges it.

use std::sync::Arc;
use std::time::Duration;

use async_nats::header::{HeaderMap, HeaderValue, NATS_MESSAGE_ID};
use async_nats::jetstream::message::PublishMessage;
use futures_util::future::BoxFuture;
use tokio::sync::Mutex;

use super::dial::Dialer;
use super::link::Link;
use super::settings::NatsTarget;
use super::trouble::{MAKE_A_STREAM, no_stream};
use crate::event::Trace;
use crate::outbox::delivery::StoredDelivery;
use crate::outbox::envelope::Format;
use crate::outbox::envelope::{Content, content};
use crate::outbox::receiver::{Opened, Receiver};
use crate::outbox::retry::{Attempt, Failed};
use crate::outbox::store::Trouble;

/// Headers that say what a message is about, without reading its body.
const HOOK: &str = "Hookgate-Hook";
const PERSON: &str = "Hookgate-Person";

/// A subject of a stream.
#[derive(Debug)]
pub struct NatsReceiver {
    dialer: Dialer,
    subject: String,
    /// The connection that all deliveries share, from the first one on.
    link: Mutex<Option<Arc<Link>>>,
}

impl NatsReceiver {
    /// Makes the receiver ready: credentials and certificates are read, nothing is connected. `timeout` is that of an
    /// attempt.
    pub fn open(target: &NatsTarget, timeout: Duration) -> Result<Self, Trouble> {
        let dialer = Dialer::open(target, timeout)?;
        Ok(Self { dialer, subject: target.subject.clone(), link: Mutex::default() })
    }

    async fn publish(&self, opened: &Opened<'_>) -> Result<(), Failed> {
        let message = message(opened)?;
        let link = self.link().await?;
        let waiting = Waiting(&link);
        let published = link.publish(&self.subject, message).await;
        std::mem::forget(waiting);
        published
    }

    /// The connection, if it is well or gets well again by itself; else another.
    async fn link(&self) -> Result<Arc<Link>, Failed> {
        let mut kept = self.link.lock().await;
        if let Some(link) = &*kept
            && link.is_usable().await
        {
            return Ok(Arc::clone(link));
        }
        let link = Arc::new(self.dialer.dial().await?);
        *kept = Some(Arc::clone(&link));
        Ok(link)
    }
}

impl Receiver for NatsReceiver {
    fn send<'s>(&'s self, opened: Opened<'s>) -> BoxFuture<'s, Attempt> {
        Box::pin(async move { self.publish(&opened).await.map_or_else(Attempt::Failed, |()| Attempt::Arrived) })
    }

    fn probe(&self) -> BoxFuture<'_, Result<String, Trouble>> {
        Box::pin(async {
            let help = "see the server's address, the login, `ca` and `tls` of the destination";
            let unreachable = |failed: Failed| Trouble { message: failed.why, help: help.to_owned() };
            let link = self.dialer.dial().await.map_err(unreachable)?;
            let stream = match link.stream(&self.subject).await {
                Ok(Some(stream)) => format!("the stream `{stream}` takes `{}`", self.subject),
                Ok(None) => {
                    return Err(Trouble { message: no_stream(&self.subject), help: MAKE_A_STREAM.to_owned() });
                }
                // A user who may publish and nothing else is well off.
                Err(why) => format!("which stream takes `{}` is not told: {why}", self.subject),
            };
            Ok(format!("{}; {stream}; nothing was sent", self.dialer.manner()))
        })
    }
}

/// Dropped when an attempt is given up half way: whoever comes next does not trust the connection.
struct Waiting<'l>(&'l Link);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.give_up();
    }
}

/// A stream drops a message whose id it has had within its `duplicate_window` (two minutes unless it says otherwise):
/// docs.nats.io, "JetStream, Message Deduplication".
fn message(opened: &Opened<'_>) -> Result<PublishMessage, Failed> {
    let Content { kind, bytes } = content(Format::Plain, opened.delivery, opened.body).map_err(Failed::for_good)?;
    let StoredDelivery { key, hook, person, .. } = opened.delivery;
    let mut headers = HeaderMap::new();
    headers.insert(NATS_MESSAGE_ID, header(key)?);
    headers.insert("Content-Type", header(kind)?);
    headers.insert(HOOK, header(hook)?);
    headers.insert(PERSON, header(&person.replace(char::is_control, " "))?);
    for (name, value) in opened.trace.into_iter().flat_map(Trace::headers) {
        headers.insert(name, header(&value)?);
    }
    Ok(PublishMessage::build().payload(bytes.into()).headers(headers))
}

fn header(value: &str) -> Result<HeaderValue, Failed> {
    value.parse().map_err(|_| Failed::for_good("a header cannot hold what it is to hold"))
}
