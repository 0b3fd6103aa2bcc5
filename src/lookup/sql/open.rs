//! The kind of source for databases: declares it, and chooses the client by the scheme of the address.

use std::sync::Arc;

use super::database::Sql;
use super::settings::{KEYS, SqlTarget};
use super::sqlite::Sqlite;
use crate::lookup::kind::{SourceKind, Target};
use crate::lookup::source::{Fault, Source, Trouble};
use crate::rule::Dialect;

pub const KIND: SourceKind = SourceKind {
    example: "`sql: postgres://…`, `mysql://…` or `sqlite:FILE`",
    keys: &KEYS,
    read: |rows, node| Some(Arc::new(SqlTarget::read(rows, node)?)),
};

impl Target for SqlTarget {
    fn address(&self) -> &str {
        &self.address
    }

    fn dialect(&self) -> Option<Dialect> {
        Some(Dialect::of_address(&self.address))
    }

    fn open(&self) -> Result<Arc<dyn Source>, Trouble> {
        open(self)
    }
}

/// Makes a database ready by the scheme of its address; nothing is connected yet.
fn open(target: &SqlTarget) -> Result<Arc<dyn Source>, Trouble> {
    match target.address.split_once(':').map_or("", |(scheme, _)| scheme) {
        "sqlite" => Ok(Sql::source(Sqlite::open(target), target)),
        #[cfg(feature = "postgres")]
        "postgres" => Ok(Sql::source(super::postgres::Postgres::open(target)?, target)),
        #[cfg(feature = "mysql")]
        "mysql" => Ok(Sql::source(super::mysql::MySql::open(target)?, target)),
        scheme => {
            let message = format!("this build of hookgate does not speak to `{scheme}` databases");
            let help = "build it with `--features full`";
            Err(Trouble::new(Fault::Question, message).help(help))
        }
    }
}
