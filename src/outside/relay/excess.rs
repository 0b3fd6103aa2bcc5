//! Why a relay closed a connection: too much, or something that no such server sends.

use std::fmt;
use std::io;

/// What a server sent too much of, or wrongly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    /// One message is longer than is taken, both in bytes.
    Long { bytes: usize, limit: usize },
    /// One message is longer, in bytes, than any with which a login begins.
    Early { bytes: usize },
    /// It says that it ends the connection.
    Ended,
    /// All that it sent to one question together takes more memory than this, in bytes.
    Much { limit: usize },
    /// What all servers sent together, and is not read yet, takes more memory than this, in bytes.
    Crowded { limit: usize },
    /// Elements lie deeper in each other than this.
    Deep { limit: usize },
    /// More columns, or settings of a session, than there can be.
    Many { what: &'static str, limit: usize },
    /// It is no message of the protocol.
    Malformed { why: &'static str },
}

impl Excess {
    /// Whether the answer to this question is too large, rather than the server unwell.
    #[must_use]
    pub fn is_of_answer(self) -> bool {
        match self {
            Excess::Long { .. } | Excess::Much { .. } => true,
            Excess::Early { .. }
            | Excess::Ended
            | Excess::Crowded { .. }
            | Excess::Deep { .. }
            | Excess::Many { .. }
            | Excess::Malformed { .. } => false,
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn help(self) -> &'static str {
        match self {
            Excess::Long { .. } | Excess::Much { .. } => {
                "ask for fewer rows, and for those columns alone that rules read"
            }
            Excess::Crowded { .. } => "see which server sends that much, by the other lines of the log",
            Excess::Ended => "see the server's log",
            Excess::Early { .. } | Excess::Deep { .. } | Excess::Many { .. } | Excess::Malformed { .. } => {
                "see which program answers at this address"
            }
        }
    }
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mib = |bytes: &usize| bytes >> 20;
        match self {
            Excess::Long { bytes, limit } => {
                write!(f, "the server sends a message of {bytes} bytes, more than {} MiB", mib(limit))
            }
            Excess::Early { bytes } => {
                write!(f, "the server begins with a message of {bytes} bytes, which none of its kind does")
            }
            Excess::Ended => write!(f, "the server says that it ends the connection"),
            Excess::Much { limit } => write!(f, "the server's answer takes more than {} MiB", mib(limit)),
            Excess::Crowded { limit } => {
                write!(f, "the answers of all servers together take more than {} MiB", mib(limit))
            }
            Excess::Deep { limit } => write!(f, "the server's message is nested deeper than {limit} levels"),
            Excess::Many { what, limit } => write!(f, "the server announces more than {limit} {what}"),
            Excess::Malformed { why } => write!(f, "the server's message cannot be read: {why}"),
        }
    }
}

impl std::error::Error for Excess {}

impl From<Excess> for io::Error {
    fn from(excess: Excess) -> Self {
        io::Error::other(excess)
    }
}

/// The excess behind an error, if that is what it is about.
#[must_use]
pub fn excess(error: &io::Error) -> Option<Excess> {
    error.get_ref()?.downcast_ref().copied()
}

/// Whether what came in place of TLS is none.
#[must_use]
pub fn is_no_tls(error: &io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    matches!(inner, Some(rustls::Error::InvalidMessage(_)))
}
