//! What every kind of source provides: its keys in gateway.yaml, and how a row is read and opened.

use std::fmt;
use std::sync::Arc;

use super::source::{Source, Trouble};
use crate::rule::Dialect;
use crate::setting::Rows;
use crate::yaml::Node;
use crate::yaml::keys::Keys;

/// A kind of source.
#[derive(Debug)]
pub struct SourceKind {
    /// How its address is written, for who has written none.
    pub example: &'static str,
    /// What may stand in a row of `connections`.
    pub keys: &'static Keys,
    /// Reads such a row; mistakes are told.
    pub read: fn(&mut Rows<'_>, &Node) -> Option<Arc<dyn Target>>,
}

/// Where a connection leads, as gateway.yaml says it.
pub trait Target: fmt::Debug + Send + Sync {
    /// Scheme, host and path: no credential ever stands there.
    fn address(&self) -> &str;

    /// How it reads a query, where it is asked with one.
    fn dialect(&self) -> Option<Dialect> {
        None
    }

    /// Makes it ready to be asked: credentials and certificates are read, nothing is called.
    ///
    /// # Errors
    /// A credential or certificate that is not there, an address that is none, and what this build does not speak.
    fn open(&self) -> Result<Arc<dyn Source>, Trouble>;
}
