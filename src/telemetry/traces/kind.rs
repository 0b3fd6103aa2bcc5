//! The kind of a span: server, client, or internal.

/// What part a span has in a call from one machine to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It answers a call.
    Server,
    /// It calls another machine and waits for the answer.
    Client,
    /// Neither.
    Internal,
}
