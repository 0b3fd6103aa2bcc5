//! The trait of a source: it is asked with a key and answers rows, or an error.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use secrecy::SecretString;

use crate::event::{Trace, Value};
use crate::outside::NoCredential;
use crate::outside::relay::Excess;
use crate::rule::Remote;

/// What a source answers: objects of its columns.
pub type Rows = Vec<Value<'static>>;

/// Most rows of one answer, whatever the source.
pub(super) const ROW_LIMIT: usize = 1_000;

/// What a source may know of the call that asks.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    /// Its bearer; only a source whose connection says so uses it.
    pub bearer: Option<SecretString>,
    /// The trace that the question belongs to.
    pub trace: Option<Arc<Trace>>,
}

/// Something that answers questions over the network.
pub trait Source: fmt::Debug + Send + Sync {
    /// The rows under a key: a single value, or an object of the lookup's parameters.
    fn ask<'s>(
        &'s self,
        remote: &'s Remote,
        key: &'s Value<'static>,
        caller: &'s Caller,
    ) -> BoxFuture<'s, Result<Rows, Trouble>>;

    /// Whether it can be reached and lets us in; what was found, in words.
    fn probe<'s>(&'s self, caller: Option<&'s SecretString>) -> BoxFuture<'s, Result<String, Trouble>>;

    /// Whether its answers depend on the caller, so that no other caller may be given them.
    fn depends_on_caller(&self) -> bool {
        false
    }

    /// How many questions it takes at once, of all lookups together; none: as many as they ask.
    fn at_once(&self) -> Option<usize> {
        None
    }

    /// Whether it refused our login and is left alone for that.
    fn is_refused(&self) -> bool {
        false
    }

    /// Whether a question may be dropped half way. Where not, it must end by itself soon after the lookup's timeout.
    fn can_be_dropped(&self) -> bool {
        true
    }
}

/// Why a source gave no answer. Never holds a credential, a key or a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    pub fault: Fault,
    /// In words for the log: lower case, no full stop.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// Whose fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The source cannot be reached, is too slow, or says that something is wrong with itself.
    Source,
    /// It does not let us in: a wrong password, an expired token.
    Access,
    /// It answered something else than the lookup expects.
    Answer,
    /// The question cannot be asked: a key with characters that cannot stand there.
    Question,
    /// Nobody's: too many questions were on their way, and this one was not asked.
    Queue,
}

impl Trouble {
    /// Trouble without help.
    pub fn new(fault: Fault, message: impl Into<String>) -> Self {
        Self { fault, message: message.into(), help: None }
    }

    /// The same with what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Whether the connection is to be left alone after several of these.
    #[must_use]
    pub fn is_of_source(&self) -> bool {
        self.fault == Fault::Source
    }
}

/// A credential that is not there.
impl From<NoCredential> for Trouble {
    fn from(why: NoCredential) -> Self {
        Self::new(Fault::Access, why.0).help(NoCredential::HELP)
    }
}

/// A source that sent more than is taken, or what no source of its kind sends.
pub(super) fn of_excess(excess: Excess) -> Trouble {
    let fault = if excess.is_of_answer() { Fault::Answer } else { Fault::Source };
    Trouble::new(fault, excess.to_string()).help(excess.help())
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
