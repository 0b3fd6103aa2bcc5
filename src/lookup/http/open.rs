//! The kind of source for HTTP services: declares it and opens one.

use std::sync::Arc;

use super::settings::{HttpTarget, KEYS};
use super::source::Service;
use crate::lookup::kind::{SourceKind, Target};
use crate::lookup::source::{Source, Trouble};

pub const KIND: SourceKind = SourceKind {
    example: "`http: https://…`",
    keys: &KEYS,
    read: |rows, node| Some(Arc::new(HttpTarget::read(rows, node)?)),
};

impl Target for HttpTarget {
    fn address(&self) -> &str {
        &self.address
    }

    fn open(&self) -> Result<Arc<dyn Source>, Trouble> {
        Ok(Arc::new(Service::open(self)?))
    }
}
