//! The kind of source for directories: declares it and opens one.

use std::sync::Arc;

use super::settings::{KEYS, LdapTarget};
use crate::lookup::kind::{SourceKind, Target};
use crate::lookup::source::{Source, Trouble};

pub const KIND: SourceKind = SourceKind {
    example: "`ldap: ldaps://…`",
    keys: &KEYS,
    read: |rows, node| Some(Arc::new(LdapTarget::read(rows, node)?)),
};

impl Target for LdapTarget {
    fn address(&self) -> &str {
        &self.address
    }

    #[cfg(feature = "ldap")]
    fn open(&self) -> Result<Arc<dyn Source>, Trouble> {
        Ok(Arc::new(super::source::Directory::open(self)?))
    }

    #[cfg(not(feature = "ldap"))]
    fn open(&self) -> Result<Arc<dyn Source>, Trouble> {
        use crate::lookup::source::Fault;
        let help = "build it with `--features ldap`, or with `--features full` for everything";
        Err(Trouble::new(Fault::Question, "this build of hookgate does not ask directories").help(help))
    }
}
