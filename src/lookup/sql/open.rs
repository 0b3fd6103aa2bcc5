//! Which client speaks to a database, by the scheme of its address.

use std::sync::Arc;

use super::database::Sql;
use super::sqlite::Sqlite;
use crate::lookup::settings::SqlTarget;
use crate::lookup::source::{Fault, Source, Trouble};

/// Makes a database ready by the scheme of its address; nothing is connected yet.
pub fn open(target: &SqlTarget) -> Result<Arc<dyn Source>, Trouble> {
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
