//! What every kind of receiver provides: its keys in gateway.yaml, and how a row is read and opened.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::outbox::receiver::Receiver;
use crate::outbox::store::Trouble;
use crate::rule::Markup;
use crate::setting::Rows;
use crate::yaml::Node;
use crate::yaml::keys::Keys;

/// A kind of receiver.
#[derive(Debug)]
pub struct ReceiverKind {
    /// The keys that say its address; a row has one of them.
    pub words: &'static [&'static str],
    /// How they are written, for who has written none.
    pub example: &'static str,
    /// What may stand in a row of `destinations`.
    pub keys: &'static Keys,
    /// Reads such a row; mistakes are told.
    pub read: fn(&mut Rows<'_>, &Node) -> Option<Arc<dyn Target>>,
    /// For which markup its texts are escaped where the row does not say.
    pub markup: fn(&Node) -> Usual,
}

/// The markup of a kind of receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usual {
    /// Whatever is sent there has this one.
    Is(Markup),
    /// The host of the address says so, and nothing else does.
    Guessed(Markup),
    /// None that is known.
    None,
}

/// Where a destination leads, as gateway.yaml says it.
pub trait Target: fmt::Debug + Send + Sync {
    /// The address as far as it is no secret: what follows the host of a chat's address is one.
    fn address(&self) -> String;

    /// The receiver, ready to be sent to: credentials and certificates are read, nothing is called.
    ///
    /// # Errors
    /// What is not there, and what this build does not speak.
    fn open(&self, timeout: Duration) -> Result<Arc<dyn Receiver>, Trouble>;
}
