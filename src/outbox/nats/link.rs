//! A connection to NATS: publishes messages, and listens to what the server says beside acknowledgements.

use std::error::Error as _;
use std::fmt;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_nats::jetstream::ContextBuilder;
use async_nats::jetstream::context::{
    Context, GetStreamByNameError, GetStreamByNameErrorKind, RequestError, RequestErrorKind,
};
use async_nats::jetstream::message::PublishMessage;
use async_nats::{Client, ClientError, Event, ServerError};
use tokio::sync::watch;

use super::trouble::{innermost, of_permission, of_publish};
use crate::outbox::retry::Failed;
use crate::outside::relay::{Watch, excess};

/// Longer than any attempt may take, in milliseconds: who waits gives up, not the library.
const ACKNOWLEDGEMENT_LIMIT_MS: u64 = 660_000;

/// What was last heard of the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Heard {
    Well,
    /// It was lost, and the library is connecting anew.
    Lost,
    /// The library has given it up.
    Gone,
    /// The server refuses something that publishing needs.
    Refused(String),
}

/// Takes what the library tells of a connection.
pub struct Listener(watch::Sender<Heard>);

impl Listener {
    pub fn new() -> Self {
        Self(watch::Sender::new(Heard::Well))
    }

    /// What the library calls.
    pub fn callback(&self) -> impl Fn(Event) -> Ready<()> + Send + Sync + 'static {
        let heard = self.0.clone();
        move |event| {
            if let Some(news) = news(&event) {
                heard.send_replace(news);
            }
            ready(())
        }
    }
}

fn news(event: &Event) -> Option<Heard> {
    match event {
        Event::Connected => Some(Heard::Well),
        Event::Disconnected => Some(Heard::Lost),
        Event::Closed | Event::ClientError(ClientError::MaxReconnects) => Some(Heard::Gone),
        Event::ServerError(ServerError::Other(text)) => of_permission(text).map(Heard::Refused),
        _ => None,
    }
}

/// A connection.
pub struct Link {
    client: Client,
    context: Context,
    heard: watch::Receiver<Heard>,
    relayed: Arc<Watch>,
    is_given_up: AtomicBool,
}

impl Link {
    pub fn new(client: Client, listener: &Listener, relayed: Arc<Watch>) -> Self {
        let limit = Duration::from_millis(ACKNOWLEDGEMENT_LIMIT_MS);
        let context = ContextBuilder::new().timeout(limit).backpressure_on_inflight(true).build(client.clone());
        Self { client, context, heard: listener.0.subscribe(), relayed, is_given_up: AtomicBool::new(false) }
    }

    /// Publishes a message and waits for the stream's acknowledgement, for as long as the connection holds.
    pub async fn publish(&self, subject: &str, message: PublishMessage) -> Result<(), Failed> {
        let acknowledged = async {
            let acknowledgement = self.context.send_publish(subject.to_owned(), message).await?;
            acknowledgement.await
        };
        let answer = self.answer(acknowledged).await.map_err(Failed::of_receiver)?;
        answer.map(drop).map_err(|error| match self.excess() {
            Some(excess) => Failed::of_receiver(excess),
            None => of_publish(&error, subject, self.client.max_payload()),
        })
    }

    /// The name of the stream that takes a subject; `None` where no stream does.
    pub async fn stream(&self, subject: &str) -> Result<Option<String>, String> {
        match self.answer(self.context.stream_by_subject(subject)).await? {
            Ok(name) => Ok(Some(name)),
            Err(error) if is_nobody(&error) => Ok(None),
            Err(error) => Err(innermost(&error)),
        }
    }

    /// What the server answers, for as long as the connection holds.
    async fn answer<T>(&self, answer: impl Future<Output = T>) -> Result<T, String> {
        tokio::select! {
            biased;
            answer = answer => Ok(answer),
            heard = self.hear(|heard| *heard != Heard::Well) => Err(match heard {
                Heard::Refused(why) => why,
                _ => self.excess().unwrap_or_else(|| "the connection was lost before the answer came".to_owned()),
            }),
        }
    }

    /// What the server sent too much of, if the relay closed the connection for that.
    fn excess(&self) -> Option<String> {
        self.relayed.cause().as_ref().and_then(excess).map(|excess| excess.to_string())
    }

    /// Whether it can be used; while the library connects anew, that is waited for.
    pub async fn is_usable(&self) -> bool {
        !self.is_given_up.load(Ordering::Relaxed) && self.hear(|heard| *heard != Heard::Lost).await == Heard::Well
    }

    /// Nobody uses it any more after those who do.
    pub fn give_up(&self) {
        self.is_given_up.store(true, Ordering::Relaxed);
    }

    /// Waits until what was last heard is like this.
    async fn hear(&self, is_it: impl FnMut(&Heard) -> bool) -> Heard {
        let mut heard = self.heard.clone();
        match heard.wait_for(is_it).await {
            Ok(heard) => heard.clone(),
            Err(_) => Heard::Gone,
        }
    }
}

/// Whether there is no such stream, or JetStream is not switched on.
fn is_nobody(error: &GetStreamByNameError) -> bool {
    let request = error.source().and_then(|source| source.downcast_ref::<RequestError>());
    error.kind() == GetStreamByNameErrorKind::NotFound
        || request.is_some_and(|error| error.kind() == RequestErrorKind::NoResponders)
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Link({:?})", *self.heard.borrow())
    }
}
