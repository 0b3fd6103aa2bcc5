//! A connection to NATS: messages go out over it, and what the server says beside its acknowledgements is heard.

use std::fmt;
use std::future::{Ready, ready};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_nats::jetstream::ContextBuilder;
use async_nats::jetstream::context::Context;
use async_nats::jetstream::message::PublishMessage;
use async_nats::{Client, ClientError, Event, ServerError};
use tokio::sync::watch;

use super::nats_trouble::{of_permission, of_publish};
use super::retry::Failed;

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
pub(super) struct Listener(watch::Sender<Heard>);

impl Listener {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(Heard::Well))
    }

    /// What the library calls.
    pub(super) fn callback(&self) -> impl Fn(Event) -> Ready<()> + Send + Sync + 'static {
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
pub(super) struct Link {
    client: Client,
    context: Context,
    heard: watch::Receiver<Heard>,
    is_given_up: AtomicBool,
}

impl Link {
    pub(super) fn new(client: Client, listener: &Listener) -> Self {
        let limit = Duration::from_millis(ACKNOWLEDGEMENT_LIMIT_MS);
        let context = ContextBuilder::new().timeout(limit).backpressure_on_inflight(true).build(client.clone());
        Self { client, context, heard: listener.0.subscribe(), is_given_up: AtomicBool::new(false) }
    }

    /// Publishes a message and waits for the stream's acknowledgement, for as long as the connection holds.
    pub(super) async fn publish(&self, subject: &str, message: PublishMessage) -> Result<(), Failed> {
        let acknowledged = async {
            let acknowledgement = self.context.send_publish(subject.to_owned(), message).await?;
            acknowledgement.await
        };
        tokio::select! {
            biased;
            answer = acknowledged => match answer {
                Ok(_) => Ok(()),
                Err(error) => Err(of_publish(&error, subject, self.client.max_payload())),
            },
            heard = self.hear(|heard| *heard != Heard::Well) => Err(Failed::of_receiver(match heard {
                Heard::Refused(why) => why,
                _ => "the connection was lost before the acknowledgement came".to_owned(),
            })),
        }
    }

    /// Whether it can be used; while the library connects anew, that is waited for.
    pub(super) async fn is_usable(&self) -> bool {
        !self.is_given_up.load(Ordering::Relaxed) && self.hear(|heard| *heard != Heard::Lost).await == Heard::Well
    }

    /// Nobody uses it any more after those who do.
    pub(super) fn give_up(&self) {
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

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Link({:?})", *self.heard.borrow())
    }
}
