//! The errors of NATS in words, without what was sent.

use std::error::Error;
use std::io;

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::{PublishError, PublishErrorKind};
use async_nats::{ConnectError, ConnectErrorKind};

use crate::outbox::retry::Failed;
use crate::outside::relay::excess;

/// What to do where no stream takes a subject.
pub const MAKE_A_STREAM: &str = "make one there, with JetStream switched on; it goes on by itself";

pub fn no_stream(subject: &str) -> String {
    format!("no stream of the server takes the subject `{subject}`")
}

/// A connection that was not made.
pub fn of_connect(error: &ConnectError) -> Failed {
    let cause = innermost(error);
    Failed::of_receiver(match error.kind() {
        ConnectErrorKind::AuthorizationViolation | ConnectErrorKind::Authentication => {
            "the server does not let hookgate in: the user, the password or the token is wrong".to_owned()
        }
        ConnectErrorKind::Dns => format!("the name of the server leads nowhere: {cause}"),
        ConnectErrorKind::Tls => format!("no TLS: {cause}"),
        _ => format!("no connection: {cause}"),
    })
}

/// A server that is not reached, or sends what is not taken.
pub fn of_way(error: &io::Error) -> Failed {
    Failed::of_receiver(match (excess(error), error.get_ref()) {
        (Some(excess), _) => excess.to_string(),
        (None, Some(inner)) if inner.is::<rustls::Error>() => format!("no TLS: {inner}"),
        // How the standard library says that a name cannot be resolved.
        _ if error.to_string().starts_with("failed to lookup address") => {
            format!("the name of the server leads nowhere: {error}")
        }
        _ => format!("no connection: {error}"),
    })
}

/// A message that no stream has taken.
pub fn of_publish(error: &PublishError, subject: &str, most_bytes: usize) -> Failed {
    if let Some(refused) = error.source().and_then(|source| source.downcast_ref()) {
        return of_stream(refused);
    }
    match error.kind() {
        // Nobody at all hears the subject: JetStream may be off, too.
        PublishErrorKind::StreamNotFound => Failed::of_receiver(format!("{}: {MAKE_A_STREAM}", no_stream(subject))),
        PublishErrorKind::MaxPayloadExceeded => {
            Failed::for_good(format!("it is larger than the server takes: {most_bytes} bytes with its headers"))
        }
        _ => Failed::of_receiver(format!("it was not acknowledged: {}", innermost(error))),
    }
}

/// What JetStream answers in place of an acknowledgement.
fn of_stream(error: &async_nats::jetstream::Error) -> Failed {
    match error.error_code() {
        ErrorCode::STREAM_MESSAGE_EXCEEDS_MAXIMUM => Failed::for_good("it is larger than the stream takes"),
        _ => Failed::of_receiver(format!("the stream does not keep it: {error}")),
    }
}

/// What the server says about a right that is missing. It does not say which message it is about; whoever waits waits in vain.
pub fn of_permission(text: &str) -> Option<String> {
    const SIGN: &str = "permissions violation for ";
    let at = text.to_ascii_lowercase().find(SIGN)? + SIGN.len();
    Some(format!("the server gives no right for this: {}", text.get(at..)?))
}

/// The cause behind all others.
pub fn innermost(error: &dyn Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
